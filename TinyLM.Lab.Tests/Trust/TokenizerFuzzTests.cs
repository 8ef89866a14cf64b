using System.Globalization;
using System.Text;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Tokenizer files of each format, damaged: they are read, or refused by a typed error that names the file; memory and time stay bounded.</summary>
public sealed class TokenizerFuzzTests
{
    /// <summary>Bytes that reading a file of some kilobytes may allocate: damage must not make it believe in gigabytes.</summary>
    private const long LargestAllocation = 50_000_000;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private static readonly TextTokenizer s_small = TextTokenizer.Create(BpeTrainer.Train(
        ["The fox saw the fox's den, and the other fox, too; 1234 foxes → 狐狸 🦊🦊 die Füchse they're\n\n  here\r\n"],
        new BpeTrainingOptions { VocabularySize = 280, SpecialTokens = ["<|user|>"] }));

    public static TheoryData<string> Formats => ["huggingface", "vocabulary", "merges", "tiktoken", "llmc", "llama2c", "sentencepiece", "unigram", "huggingface-unigram"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void File_Damaged_IsReadOrRefusedByItsName(string format)
    {
        var (files, damaged) = Sound(format);
        Assert.NotEmpty(Read(files).Encode("the fox"));
        var mutator = new FileMutator(new Random(format.Length));
        var sound = files[damaged].Content.ToArray();
        var (refused, count) = (0, TrustCounts.Of(3_000, 3_000_000));

        for (var trial = 0; trial < count; trial++)
        {
            var bytes = mutator.Mutate(sound, headerLength: 1100);
            var (allocated, start) = (GC.GetAllocatedBytesForCurrentThread(), TimeProvider.System.GetTimestamp());
            try
            {
                Read([.. files.Select((file, i) => i == damaged ? file with { Content = bytes } : file)]);
            }
            catch (TokenizerFormatException e)
            {
                refused++;
                Assert.Contains(files[damaged].Name, e.Message, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                Assert.Fail($"{format}, trial {trial}: {e}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < LargestAllocation, $"{format}, trial {trial}: {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes were allocated.");
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_longest, $"{format}, trial {trial} took {TimeProvider.System.GetElapsedTime(start)}.");
        }

        Assert.True(refused > count / 10, $"Only {refused} of {count} were refused.");
    }

    private static (IReadOnlyList<ExportedFile> Files, int Damaged) Sound(string format) => format switch
    {
        "huggingface" => (TokenizerExport.Write(s_small, TokenizerFormat.HuggingFace), 0),
        "vocabulary" => (TokenizerExport.Write(s_small, TokenizerFormat.VocabularyAndMerges), 0),
        "merges" => (TokenizerExport.Write(s_small, TokenizerFormat.VocabularyAndMerges), 1),
        "tiktoken" => (TokenizerExport.Write(s_small, TokenizerFormat.Tiktoken), 0),
        "llmc" => (TokenizerExport.Write(s_small, TokenizerFormat.Llmc), 0),
        "llama2c" => (TokenizerExport.Write(Read([new ExportedFile("m.model", SentencePieceFile.Small)]), TokenizerFormat.Llama2c), 0),
        "sentencepiece" => ([new ExportedFile("m.model", SentencePieceFile.Small)], 0),
        "unigram" => ([new ExportedFile("m.model", SentencePieceFile.SmallUnigram)], 0),
        _ => (TokenizerExport.Write(Read([new ExportedFile("m.model", SentencePieceFile.SmallUnigram)]), TokenizerFormat.HuggingFace), 0),
    };

    private static TextTokenizer Read(IReadOnlyList<ExportedFile> files) => TokenizerImport.Read(files, new TokenizerImportOptions { Split = new TextSplit(SplitPattern.Gpt2) }).Tokenizer;
}
