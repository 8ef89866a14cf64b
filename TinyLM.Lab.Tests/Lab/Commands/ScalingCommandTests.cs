using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Lab.Commands;

public sealed class ScalingCommandTests : IDisposable
{
    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Calculator_OfParametersAndTokens_TellsTheRest()
    {
        var (exitCode, output, _) = await RunAsync("--parameters", "70B", "--tokens", "1.4T");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.Contains("70B parameters, 1.4T tokens (20.0 a parameter), 5.88e23 operations, loss 1.973", output, StringComparison.Ordinal);
        Assert.All(ScalingFits.All, fit => Assert.Contains(fit.Title, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("The time is 0 minutes", "--minutes", "0")]
    [InlineData("The time is 1e40 minutes", "--minutes", "1e40")]
    [InlineData("There is no layout 'line'; expected isoflop or grid.", "--layout", "line")]
    [InlineData("There is no corpus 'poems'", "--corpus", "poems")]
    public async Task Experiment_ThatMakesNoSense_IsToldInWords(string words, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(["experiment", "--data", _lab.Directory.Path, .. arguments]);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiment_AsJson_FillsTheTime()
    {
        var (exitCode, output, error) = await RunAsync("experiment", "--data", _lab.Directory.Path, "--minutes", "3000", "--json");

        Assert.True(exitCode == ExitCode.Success, error);
        var listing = JsonSerializer.Deserialize<ExperimentListing>(output, RunJson.Strict)!;
        Assert.InRange(listing.Seconds, 0.85 * 180_000, 180_000);
        Assert.Equal("from a matrix product measured on this device", listing.Source);
        Assert.Equal(listing.Seconds, listing.PreparationSeconds + listing.Runs.Sum(run => run.Seconds), 2.0);
    }

    [Fact]
    public async Task Calculator_AsJson_IsThePlan()
    {
        var (_, output, _) = await RunAsync("-c", "5.76e23", "--law", "hoffmann", "--json");

        var plan = JsonSerializer.Deserialize<ScalingPlan>(output, RunJson.Strict)!;
        Assert.Equal(("hoffmann", 5.76e23), (plan.Law, Math.Round(plan.Compute / 1e21) * 1e21));
        Assert.Equal(ScalingFits.HoffmannPrinted.Optimum.ForCompute(5.76e23).Parameters, plan.Parameters);
        Assert.Equal(ScalingFits.All.Select(fit => fit.Id), plan.Optima.Select(optimum => optimum.Fit));
        Assert.Null(plan.Optima[0].Loss);
    }

    [Theory]
    [InlineData("Nothing is given yet")]
    [InlineData("Parameters are 0;", "-n", "0")]
    [InlineData("Compute is 1e40;", "-c", "1e40")]
    [InlineData("--tokens is 'many'; expected a number", "-d", "many")]
    [InlineData("There is no law 'mine'; there are epoch,", "-c", "1e20", "--law", "mine")]
    [InlineData("No model gets to a loss of 1", "-l", "1")]
    public async Task WhatMakesNoSense_IsToldInWords(string words, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fit_OfAFile_IsTheLawOfItsPoints()
    {
        var law = ScalingFits.Epoch.Law!;
        var points = from size in Enumerable.Range(0, 6) from text in Enumerable.Range(0, 6) select new ScalingPoint(1e8 * Math.Pow(2, size), 1e9 * Math.Pow(3, text));
        var file = Write("parameters,tokens,loss\n" + string.Join('\n', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Parameters},{point.Tokens},{law.Loss(point)}"))));

        var (exitCode, output, _) = await RunAsync("fit", file, "--resamplings", "10", "--json");
        var (_, words, _) = await RunAsync("fit", file, "--resamplings", "10", "--drop-highest", "2");

        Assert.Equal(ExitCode.Success, exitCode);
        var fitted = JsonSerializer.Deserialize<FittedLaw>(output, RunJson.Strict)!;
        Assert.Equal(36, fitted.Points);
        Assert.InRange(fitted.Law.Alpha, law.Alpha - 0.01, law.Alpha + 0.01);
        Assert.InRange(fitted.SizeExponent, 0.50, 0.52);
        Assert.Contains("34 points", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2", ExitCode.Failure, "line 1, names the columns a, b")]
    [InlineData("n,d,loss\n1e6,1e7,4", ExitCode.WrongInput, "There are 1 points")]
    public async Task Fit_OfAnythingElse_IsToldInWords(string text, int expected, string words)
    {
        var (exitCode, _, error) = await RunAsync("fit", Write(text));

        Assert.Equal(expected, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var file = _lab.Beside("points.csv");
        File.WriteAllText(file, text);
        return file;
    }

    private static RootCommand Root()
    {
        var data = new Option<string?>("--data") { Recursive = true };
        return new RootCommand { data, new ScalingCommand(data).Create() };
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await Root().Parse(["scaling", .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
