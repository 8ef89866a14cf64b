using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Model.Data;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Commands.Tokenizers;

/// <summary><c>tokenizer train</c>: learns a tokenizer from a corpus of the library, from files, or from the standard input.</summary>
/// <param name="dataPath">The option for the data directory.</param>
/// <param name="input">Opens the standard input.</param>
internal sealed class TokenizerTrainCommand(Option<string?> dataPath, Func<Stream> input)
{
    private static readonly TokenizerTrainingSettings s_defaults = new();

    private readonly Option<string?> _corpus = new("--corpus") { Description = "Id of a corpus in the library, in place of files; stories and first-stories are built in.", HelpName = "id" };

    private readonly Option<int> _size = new("--vocabulary-size") { Description = "Tokens at most: 256 bytes, merges and special tokens.", HelpName = "number", DefaultValueFactory = _ => s_defaults.VocabularySize };

    private readonly Option<string> _pattern = new("--pattern")
    {
        Description = $"How text is split: {string.Join(", ", Enum.GetValues<SplitPattern>().Select(TokenizerCommand.NameOf))}.",
        HelpName = "name",
        DefaultValueFactory = _ => TokenizerCommand.NameOf(s_defaults.SplitPattern),
    };

    private readonly Option<string?> _expression = new("--expression") { Description = "A regular expression of your own that matches the chunks of a text, with --pattern expression.", HelpName = "expression" };

    private readonly Option<string[]> _specialTokens = new("--special-token") { Description = "A special token besides <|endoftext|>; may be given several times.", HelpName = "text" };

    private readonly Option<long> _minimum = new("--min-frequency") { Description = "How often a pair must occur to be merged.", HelpName = "number", DefaultValueFactory = _ => s_defaults.MinimumFrequency };

    private readonly Option<string> _tieBreak = new("--tie-break")
    {
        Description = $"Which of equally frequent pairs is merged first: {string.Join(", ", Enum.GetValues<TieBreak>().Select(TokenizerCommand.NameOf))}.",
        HelpName = "name",
        DefaultValueFactory = _ => TokenizerCommand.NameOf(s_defaults.TieBreak),
    };

    private readonly Option<long?> _bytes = new("--bytes") { Description = "How much of the corpus is read, from its start. Default: all.", HelpName = "number" };

    private readonly Option<string?> _name = new("--name") { Description = "What to call the tokenizer in the library.", HelpName = "text" };

    private readonly Option<FileInfo?> _out = new("--out") { Description = "Write a tokenizer.json here, and nothing into the library.", HelpName = "file" };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    private readonly Argument<string[]> _files = new("files") { Description = "Text in UTF-8, each file a document; none, or -, reads the standard input.", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("train", "Learn a tokenizer.") { _corpus, _size, _pattern, _expression, _specialTokens, _minimum, _tieBreak, _bytes, _name, _out, _json, _files };
        command.SetAction((parsed, cancellationToken) => TokenizerCommand.RunAsync(parsed, () => TrainAsync(parsed, cancellationToken), cancellationToken));
        return command;
    }

    private async Task TrainAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = new TokenizerTrainingSettings
        {
            Corpus = parsed.GetValue(_corpus) ?? "files",
            TrainingBytes = parsed.GetValue(_bytes),
            VocabularySize = parsed.GetValue(_size),
            SplitPattern = TokenizerSource.ValueOf<SplitPattern>("split pattern", parsed.GetRequiredValue(_pattern)),
            SplitExpression = parsed.GetValue(_expression),
            SpecialTokens = parsed.GetValue(_specialTokens) ?? [],
            MinimumFrequency = parsed.GetValue(_minimum),
            TieBreak = TokenizerSource.ValueOf<TieBreak>("tie-breaking rule", parsed.GetRequiredValue(_tieBreak)),
        };
        if (settings.Validate() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        if (settings.SplitExpression is not null && settings.SplitPattern != SplitPattern.Expression) throw new ArgumentException("--expression goes with --pattern expression.");

        var directory = LabDirectory.OfCommand(parsed.GetValue(dataPath));
        var (texts, source) = await OpenAsync(parsed, directory, settings, cancellationToken);
        var watch = new Watch(parsed.InvocationConfiguration.Error);
        var vocabulary = BpeTrainer.Train(texts, settings.ToOptions(), watch, cancellationToken);
        if (watch.Bytes == 0) throw new InvalidDataException($"{source} holds no text to learn from.");

        var trained = Keep(parsed, directory, TextTokenizer.Create(vocabulary), settings, source) with { Merges = vocabulary.Merges.Count, BytesPerToken = (double)watch.Bytes / Math.Max(1, watch.Tokens) };
        await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(_json) ? JsonSerializer.Serialize(trained, RunJson.Line) : string.Create(
            CultureInfo.InvariantCulture, $"{trained.VocabularySize} tokens, {trained.Merges} merges, {trained.BytesPerToken:0.000} bytes a token{Environment.NewLine}{(trained.Id is null ? trained.Path : $"{trained.Id} in {trained.Path}")}"));
    }

    private async Task<(IEnumerable<string> Texts, string Source)> OpenAsync(ParseResult parsed, LabDirectory directory, TokenizerTrainingSettings settings, CancellationToken cancellationToken)
    {
        var files = parsed.GetValue(_files) ?? [];
        if (parsed.GetValue(_corpus) is null) return (await TextInput.ReadEachAsync(files, input, cancellationToken), files is { Length: > 0 } ? string.Join(", ", files) : "The standard input");
        if (files.Length > 0) throw new ArgumentException("Give --corpus or files, not both.");
        var corpus = CorpusSource.Open(directory, new DataSpec { Corpus = settings.Corpus });
        return (CorpusSlice.Beginning(corpus, settings.TrainingBytes, cancellationToken), corpus.Info.Name);
    }

    private TrainedTokenizer Keep(ParseResult parsed, LabDirectory directory, TextTokenizer tokenizer, TokenizerTrainingSettings settings, string source)
    {
        if (parsed.GetValue(_out) is { } file)
        {
            tokenizer.Save(file.FullName);
            return new TrainedTokenizer(null, file.FullName, tokenizer.VocabularySize, 0, 0);
        }

        directory.Create();
        var now = TimeProvider.System.GetUtcNow();
        var folder = new TokenizerFolder(Path.Combine(directory.TokenizersPath, TokenizerFolder.NewId(now)));
        var isOfLibrary = parsed.GetValue(_corpus) is not null;
        DurableFolder.Create(folder.Path, path => new TokenizerFolder(path).Fill(tokenizer, new TokenizerInfo
        {
            Id = Path.GetFileName(folder.Path),
            Name = TokenizerFolder.NameFrom(parsed.GetValue(_name) ?? $"{Path.GetFileName(source)}, {tokenizer.VocabularySize} tokens"),
            Origin = TokenizerOrigin.Trained,
            AddedAt = now,
            Corpus = isOfLibrary ? settings.Corpus : null,
            Training = settings,
            Description = $"Learned from {(isOfLibrary ? "the corpus " : "")}“{source}”.",
        }));
        return new TrainedTokenizer(Path.GetFileName(folder.Path), folder.TokenizerPath, tokenizer.VocabularySize, 0, 0);
    }

    /// <summary>Tells every thousand merges how it goes, and keeps the sums.</summary>
    private sealed class Watch(TextWriter error) : ITrainingObserver
    {
        private int _merges;

        public long Bytes { get; private set; }

        public long Tokens { get; private set; }

        public void OnCounted(int differentChunks, long bytes)
        {
            (Bytes, Tokens) = (bytes, bytes);
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes, {differentChunks} different chunks"));
        }

        public void OnMerge(LearnedMerge merge)
        {
            Tokens = merge.TokenCount;
            if (++_merges % 1000 == 0) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_merges} merges, {(double)Bytes / Tokens:0.000} bytes a token"));
        }
    }
}
