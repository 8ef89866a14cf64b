namespace TinyLM.Model.Tokenization.Formats;

/// <summary>The <c>post_processor</c> of a <c>tokenizer.json</c>: what adds special tokens around a text, or trims offsets, changes no token of the text itself.</summary>
internal static class PostProcessor
{
    /// <summary>Checks that there is nothing else.</summary>
    /// <exception cref="TokenizerFormatException">There is one that the lab does not know.</exception>
    public static void Check(JsonPart processor)
    {
        if (processor.IsNull) return;
        foreach (var step in processor.Type == "Sequence" ? processor.Member("processors").Items() : [processor])
            if (step.Type is not ("ByteLevel" or "TemplateProcessing" or "RobertaProcessing"))
                throw step.Error($"found {step.Found}; the lab knows ByteLevel, TemplateProcessing and RobertaProcessing here, whose additions belong to no text");
    }
}
