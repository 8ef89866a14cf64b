using System.Text;
using TinyLM.Model.Tokenization.Normalization;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Reads SentencePiece's <c>.model</c>: a <c>ModelProto</c> of BPE or of a unigram model.</summary>
/// <remarks>https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto.</remarks>
internal sealed class SentencePieceModelReader(NamedContent file)
{
    private const int Unigram = 1, BytePairs = 2;

    private readonly List<(string Text, float Score, PieceType Type, int Position)> _pieces = [];
    private int _modelType = Unigram; // what the format means where nothing is said
    private CharacterMap? _characterMap;
    private bool _addsSpace = true;
    private bool _dropsSpaces = true;
    private bool _escapesSpaces = true;
    private bool _spaceIsSuffix;
    private int _beginningId = 1;
    private int _endId = 2;

    private enum PieceType { Normal = 1, Unknown, Control, UserDefined, Unused, Byte }

    /// <summary>Reads the whole.</summary>
    public SentencePieceTokenizer Read()
    {
        ReadModel();
        if (_pieces.Count == 0) throw file.Error("at byte 0", "there are no pieces; it is no SentencePiece model");
        if (_modelType is not (Unigram or BytePairs)) throw file.Error("in trainer_spec", $"the model type is {_modelType switch { 3 => "word", 4 => "char", var other => other }}; the lab knows unigram and BPE");
        if (!_escapesSpaces || _spaceIsSuffix) throw file.Error("in the model's settings", "spaces are not written as ▁ before words; the lab knows no other way");

        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in _pieces.Index())
            if (!names.TryAdd(piece.Text, id)) throw file.Error($"at byte {piece.Position}", $"the piece \"{piece.Text}\" stands there twice, as {names[piece.Text]} and {id}");

        List<string?> pieces = [.. _pieces.Select(piece => piece.Type is PieceType.Normal or PieceType.UserDefined ? piece.Text.Replace('▁', ' ') : null)];
        List<float> scores = [.. _pieces.Select(piece => piece.Score)];
        List<SpecialToken> special = [.. Of(PieceType.Control).Concat(Of(PieceType.Unknown)).Select(id => new SpecialToken(_pieces[id].Text, id))];
        var beginning = special.Find(token => token.Id == _beginningId) ?? special.Find(token => token.Id == _endId)
            ?? throw file.Error("in the pieces", $"there is neither a piece {_beginningId} for the beginning of a text nor {_endId} for its end, one of which the lab puts before each document");
        var bytes = ByteTokens();
        int[] unknown = [.. Of(PieceType.Unknown)];
        if (unknown.Length != 1) throw file.Error("in the pieces", $"there are {unknown.Length} unknown pieces; expected one");
        HashSet<int> symbols = [.. Of(PieceType.UserDefined)];
        return new SentencePieceTokenizer(new SentencePieceDefinition
        {
            Pieces = pieces,
            ByteTokens = bytes,
            UnknownId = unknown[0],
            IsUnigram = _modelType == Unigram,
            Merges = _modelType == Unigram ? [] : SentencePieceDefinition.MergesOf([.. pieces.Select((piece, id) => symbols.Contains(id) ? null : piece)], scores),
            Scores = scores,
            Symbols = [.. symbols],
            CharacterMap = _characterMap,
            AddsSpace = _addsSpace,
            DropsSpaces = _dropsSpaces,
            ReadsMarksAsSpaces = true,
            SpecialTokens = special,
            EndOfTextId = beginning.Id,
        });
    }

    private IEnumerable<int> Of(PieceType type) => _pieces.Index().Where(piece => piece.Item.Type == type).Select(piece => piece.Index);

    private void ReadModel()
    {
        var model = new ProtobufReader(file, 0, file.Bytes.Length);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1:
                    ReadPiece(model.Message());
                    break;
                case 2:
                    ReadTrainer(model.Message());
                    break;
                case 3:
                    ReadNormalizer(model.Message());
                    break;
                default:
                    model.Skip();
                    break;
            }
        }
    }

    private void ReadPiece(ProtobufReader piece)
    {
        var (text, score, type, position) = ("", 0f, PieceType.Normal, piece.Position);
        while (piece.Next())
        {
            switch (piece.Field)
            {
                case 1:
                    text = Text(ref piece);
                    break;
                case 2:
                    score = piece.Single();
                    if (!float.IsFinite(score)) throw piece.Error($"the score of piece {_pieces.Count} is {score}; expected a number");
                    break;
                case 3:
                    type = (PieceType)piece.Integer();
                    if (!Enum.IsDefined(type)) throw piece.Error($"piece {_pieces.Count} has type {(int)type}; the format knows 1 to 6");
                    break;
                default:
                    piece.Skip();
                    break;
            }
        }
        if (text.Length is 0 or > UnigramCutter.LongestPiece) throw file.Error($"at byte {position}", $"piece {_pieces.Count} has {text.Length} characters; expected 1 to {UnigramCutter.LongestPiece}");
        _pieces.Add((text, score, type, position));
    }

    private void ReadTrainer(ProtobufReader trainer)
    {
        while (trainer.Next())
        {
            switch (trainer.Field)
            {
                case 3:
                    _modelType = trainer.Integer();
                    break;
                case 24:
                    _spaceIsSuffix = trainer.Flag();
                    break;
                case 41:
                    _beginningId = trainer.Integer();
                    break;
                case 42:
                    _endId = trainer.Integer();
                    break;
                default:
                    trainer.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader normalizer)
    {
        while (normalizer.Next())
        {
            switch (normalizer.Field)
            {
                case 2:
                    _characterMap = ReadCharacterMap(ref normalizer);
                    break;
                case 3:
                    _addsSpace = normalizer.Flag();
                    break;
                case 4:
                    _dropsSpaces = normalizer.Flag();
                    break;
                case 5:
                    _escapesSpaces = normalizer.Flag();
                    break;
                default:
                    normalizer.Skip();
                    break;
            }
        }
    }

    private static CharacterMap? ReadCharacterMap(ref ProtobufReader normalizer)
    {
        try
        {
            return normalizer.Data() is { IsEmpty: false } rules ? new CharacterMap(rules.ToArray()) : null;
        }
        catch (FormatException e)
        {
            throw normalizer.Error($"{e.Message}; they say how the text is normalized");
        }
    }

    /// <summary>The tokens of the bytes; null where there are none, as in models that were trained without <c>byte_fallback</c>.</summary>
    private int[]? ByteTokens()
    {
        var tokens = new int[256];
        Array.Fill(tokens, -1);
        foreach (var (id, piece) in _pieces.Index())
        {
            if (piece.Type != PieceType.Byte) continue;
            if (!ByteNames.TryParse(piece.Text, out var value)) throw file.Error($"at byte {piece.Position}", $"the byte piece {id} is \"{piece.Text}\"; expected <0x00> to <0xFF>");
            tokens[value] = id;
        }
        var missing = tokens.Count(id => id < 0);
        if (missing == 256) return null;
        return missing == 0 ? tokens : throw file.Error("in the pieces", $"{missing} of the 256 byte pieces are missing, the first of them {ByteNames.Of((byte)Array.IndexOf(tokens, -1))}");
    }

    private static string Text(ref ProtobufReader reader)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(reader.Data());
        }
        catch (DecoderFallbackException)
        {
            throw reader.Error("a text is not UTF-8");
        }
    }
}
