using System.CommandLine;
using System.Text;
using System.Text.Json;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Commands.Tokenizers;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Commands;

/// <summary><c>tokenizer</c> on real files and a standard input.</summary>
public sealed class TokenizerCommandTests : IDisposable
{
    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Encode_OfTheStandardInput_IsDecodedBack()
    {
        const string Text = "Hi, 狐 🦊!\n";

        var (exitCode, ids, _) = await RunAsync(Text, "encode", "-t", BuiltInTokenizers.Gpt4o);
        var (_, text, _) = await RunAsync(ids, "decode", "-t", BuiltInTokenizers.Gpt4o, "-");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Equal(string.Join(' ', BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4o).Encode(Text)) + Environment.NewLine, ids);
        Assert.Equal(Text, text);
    }

    [Fact]
    public async Task Train_IntoTheLibrary_IsFoundByItsIdAndExported()
    {
        var file = _lab.Beside("foxes.txt");
        File.WriteAllText(file, string.Concat(Enumerable.Repeat("The fox and the other fox saw the den. ", 20)));

        var (exitCode, output, _) = await RunAsync("", "train", file, "--vocabulary-size", "290", "--special-token", "<|user|>", "--json");
        var trained = JsonDocument.Parse(output).RootElement;
        var id = trained.GetProperty("id").GetString()!;
        var (_, encoded, _) = await RunAsync("<|user|>The fox", "encode", "-t", id, "--special", "--json");
        var (_, written, _) = await RunAsync("", "export", "-t", id, "--format", "vocab-merges", "--out", _lab.Beside("out"));
        var (_, fromFolder, _) = await RunAsync("The fox", "encode", "-t", _lab.Beside("out"));

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.True(trained.GetProperty("bytesPerToken").GetDouble() > 2);
        Assert.Equal("<|user|>The fox", string.Concat(JsonDocument.Parse(encoded).RootElement.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())));
        Assert.Equal(["vocab.json", "merges.txt"], written.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFileName));
        Assert.Equal(JsonDocument.Parse(encoded).RootElement.GetProperty("ids").EnumerateArray().Skip(1).Select(number => number.ToString()), fromFolder.TrimEnd().Split(' '));
    }

    [Fact]
    public async Task Compare_OfTwo_CountsTheTokensOfEach()
    {
        var (_, output, _) = await RunAsync("naïve words here", "compare", "-t", BuiltInTokenizers.Bytes, "-t", BuiltInTokenizers.Characters, "--json");

        var tokens = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("tokens").GetInt32());
        Assert.Equal([17, 16], tokens);
    }

    [Theory]
    [InlineData(ExitCode.Failure, "There is no tokenizer 'none'", "encode", "-t", "none")]
    [InlineData(ExitCode.Failure, "The 2th word of the input is 'x'", "decode", "-t", BuiltInTokenizers.Gpt2)]
    [InlineData(ExitCode.WrongInput, "There is no format 'zip'", "export", "-t", BuiltInTokenizers.Gpt2, "--format", "zip")]
    [InlineData(ExitCode.WrongInput, "ask for at least 257", "train", "--vocabulary-size", "10")]
    [InlineData(ExitCode.WrongInput, "There is no split pattern 'gpt9'", "train", "--pattern", "gpt9")]
    public async Task WhatMakesNoSense_IsToldInWords(int exitCode, string message, params string[] arguments)
    {
        var (actual, _, error) = await RunAsync("5 x", arguments);

        Assert.Equal(exitCode, actual);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_lab.Directory.TokenizersPath));
    }

    [Fact]
    public async Task Train_OfAnEmptyInput_KeepsNothing()
    {
        var (exitCode, _, error) = await RunAsync("", "train");

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("holds no text", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_lab.Directory.TokenizersPath));
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params string[] arguments)
    {
        var dataPath = new Option<string?>("--data") { Recursive = true };
        var root = new RootCommand { dataPath, new TokenizerCommand(dataPath, () => new MemoryStream(Encoding.UTF8.GetBytes(input))).Create() };
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await root.Parse(["tokenizer", .. arguments, "--data", _lab.Directory.Path])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
