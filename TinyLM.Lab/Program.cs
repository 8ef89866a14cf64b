using TinyLM.Lab.Commands;

return await LabCommandLine.RunAsync(args);

/// <summary>The entry point, public so that tests can host the lab.</summary>
public partial class Program;
