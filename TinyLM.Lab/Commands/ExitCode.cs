namespace TinyLM.Lab.Commands;

/// <summary>What the program's exit code means.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>It could not be done; the error stream says why.</summary>
    public const int Failure = 1;

    /// <summary>What was asked makes no sense; the error stream says what to change.</summary>
    public const int WrongInput = 2;

    /// <summary>Another process trains this run.</summary>
    public const int RunTaken = 3;

    /// <summary>Ended early by Ctrl+C, with a checkpoint.</summary>
    public const int Stopped = 130;
}
