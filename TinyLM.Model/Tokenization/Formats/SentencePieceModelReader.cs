using System.Text;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Reads SentencePiece's <c>.model</c>: a <c>ModelProto</c> of BPE without a normalizer.</summary>
/// <remarks>https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto.</remarks>
internal sealed class SentencePieceModelReader(NamedContent file)
{
    private readonly List<(string Text, float Score, PieceType Type, int Position)> _pieces = [];
    private int _modelType = 1; // what the format means where nothing is said: unigram
    private bool _addsSpace = true;
    private bool _dropsSpaces = true;
    private bool _escapesSpaces = true;
    private bool _spaceIsSuffix;
    private int _beginningId = 1;

    private enum PieceType { Normal = 1, Unknown, Control, UserDefined, Unused, Byte }

    /// <summary>Reads the whole.</summary>
    public SentencePieceTokenizer Read()
    {
        ReadModel();
        if (_pieces.Count == 0) throw file.Error("at byte 0", "there are no pieces; it is no SentencePiece model");
        if (_modelType != 2) throw file.Error("in trainer_spec", $"the model type is {_modelType switch { 1 => "unigram", 3 => "word", 4 => "char", var other => other }}; the lab knows BPE");
        if (!_escapesSpaces || _spaceIsSuffix) throw file.Error("in the model's settings", "spaces are not written as ▁ before words; the lab knows no other way");

        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in _pieces.Index())
            if (!names.TryAdd(piece.Text, id)) throw file.Error($"at byte {piece.Position}", $"the piece \"{piece.Text}\" stands there twice, as {names[piece.Text]} and {id}");

        var special = _pieces.Index().Where(piece => piece.Item.Type is PieceType.Control or PieceType.UserDefined)
            .Select(piece => new SpecialToken(piece.Item.Text, piece.Index) { IsPartOfText = piece.Item.Type == PieceType.UserDefined }).ToList();
        special.AddRange(_pieces.Index().Where(piece => piece.Item.Type == PieceType.Unknown).Select(piece => new SpecialToken(piece.Item.Text, piece.Index)));
        var pieces = _pieces.Select(piece => piece.Type == PieceType.Normal ? piece.Text.Replace('▁', ' ') : null).ToList();
        var scores = _pieces.Select(piece => piece.Score).ToList();
        if (special.Find(token => token.Id == _beginningId) is not { } beginning)
            throw file.Error("in the pieces", $"there is no piece {_beginningId} for the beginning of a text, which the lab puts before each document");
        return new SentencePieceTokenizer(new SentencePieceDefinition
        {
            Pieces = pieces,
            ByteTokens = ByteTokens(),
            Merges = SentencePieceDefinition.MergesOf(pieces, scores),
            Scores = scores,
            AddsSpace = _addsSpace,
            DropsSpaces = _dropsSpaces,
            ReadsMarksAsSpaces = true,
            SpecialTokens = special,
            EndOfTextId = beginning.Id,
        });
    }

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
        if (text.Length == 0) throw file.Error($"at byte {position}", $"piece {_pieces.Count} has no text");
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
                default:
                    trainer.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader normalizer)
    {
        var name = "";
        while (normalizer.Next())
        {
            switch (normalizer.Field)
            {
                case 1:
                    name = Text(ref normalizer);
                    break;
                case 2 when normalizer.Data().Length > 0:
                    throw normalizer.Error($"the model normalizes text by the rule \"{name}\", which the lab does not know; it reads models with the rule \"identity\"");
                case 2:
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

    private int[] ByteTokens()
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
        if (missing == 256) throw file.Error("in the pieces", "there are no byte pieces (the model was trained without byte_fallback), so that text with other characters than those of its vocabulary would be lost");
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
