using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The way from a prompt to its next token, stage by stage, with the model's own numbers.</summary>
public sealed partial class StepsView
{
    private static readonly string[] s_ofHead = ["query", "key", "value", "scores", "mask", "softmax", "weighted"];

    private static readonly string[] s_candidateColumns = ["logit", "probability"];
    private static readonly string[] s_tokenColumns = ["id"];

    private ElementReference _card;
    private ElementReference _list;
    private IReadOnlyList<(Stage Stage, int Layer)> _path = [];
    private int _index;
    private object? _asked;
    private TokenWindow _window;
    private IReadOnlyList<StageTable> _tables = [];
    private IReadOnlyList<(string Text, double Logit, double Probability)> _candidates = [];
    private IReadOnlyList<string> _names = [];
    private IReadOnlyList<string> _candidateNames = [];
    private bool _isArrow;

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>What is in view.</summary>
    [Parameter, EditorRequired] public required InspectState State { get; set; }

    /// <summary>Told what to show.</summary>
    [Parameter] public EventCallback<InspectState> StateChanged { get; set; }

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    private (Stage Stage, int Layer) Now => _path[_index];

    private int Head => Math.Min(State.Head, Reading.Config.HeadCount - 1);

    private bool IsOfHead => s_ofHead.Contains(Now.Stage.Key);

    private string Title => NameOf(_index);

    private ActivationTable CandidateTable => new([.. _candidates.SelectMany(one => new[] { (float)one.Logit, (float)one.Probability })], _candidates.Count, 2);

    private ActivationTable TokenTable => new([.. Reading.Tokens.Skip(_window.Start).Take(_window.Count).Select(token => (float)token.Id)], _window.Count, 1);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var reading = Reading;
        var stages = Stages.Of(reading.Config.Family);
        var block = stages.Where(stage => stage.IsOfBlock).ToList();
        _path =
        [
            .. stages.TakeWhile(stage => !stage.IsOfBlock).Select(stage => (stage, 0)),
            .. Enumerable.Range(0, reading.Config.LayerCount).SelectMany(layer => block.Select(stage => (stage, layer))),
            .. stages.SkipWhile(stage => !stage.IsOfBlock).Where(stage => !stage.IsOfBlock).Select(stage => (stage, 0)),
        ];
        var layer = Math.Min(State.Layer, reading.Config.LayerCount - 1);
        _index = Math.Max(0, _path.ToList().FindIndex(one => one.Stage.Key == State.Stage && (!one.Stage.IsOfBlock || one.Layer == layer)));

        var window = TokenWindow.At(State.Start, reading.Tokens.Count);
        var (key, head, here) = (Now.Stage.Key, Head, Now.Layer);
        var asked = (reading, key, head, here, window);
        if (Equals(asked, _asked)) return;
        _asked = asked;
        var (tables, candidates) = await reading.ComputeAsync(trace => (StageReader.Read(trace, key, here, head, window), Candidates(trace, reading)));
        if (!Equals(asked, _asked)) return; // another stage was asked for meanwhile
        (_tables, _candidates, _window) = (tables, candidates, window);
        _names = [.. Enumerable.Range(window.Start, window.Count).Select(i => $"{i} {reading.Tokens[i].Text}")];
        _candidateNames = [.. candidates.Select(one => one.Item1)];
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender) await _card.FocusAsync(preventScroll: true); // so that the arrow keys work at once
    }

    private static (string, double, double)[] Candidates(ForwardTrace trace, PromptReading reading)
    {
        var logits = trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values;
        var probabilities = Predictions.Probabilities(logits);
        return [.. Predictions.Likeliest(logits, StageReader.Candidates).Select(id => (TokenText.Of(reading.Tokenizer, id), (double)logits[id], probabilities[id]))];
    }

    private string NameOf(int index) => _path[index] is var (stage, layer) && stage.IsOfBlock ? $"Layer {layer}: {stage.Title}" : _path[index].Stage.Title;

    private Task Key(KeyboardEventArgs key)
    {
        _isArrow = key.Key is "ArrowRight" or "ArrowLeft";
        return key.Key switch { "ArrowRight" => Go(1), "ArrowLeft" => Go(-1), _ => Task.CompletedTask };
    }

    private Task Go(int direction) => GoTo(_index + direction);

    private Task GoTo(int index) => (uint)index >= (uint)_path.Count ? Task.CompletedTask
        : StateChanged.InvokeAsync(State with { Stage = _path[index].Stage.Key, Layer = _path[index].Stage.IsOfBlock ? _path[index].Layer : index < _path.Count / 2 ? 0 : Reading.Config.LayerCount - 1 });

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
