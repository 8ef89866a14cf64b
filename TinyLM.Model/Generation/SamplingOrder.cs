namespace TinyLM.Model.Generation;

/// <summary>In which order temperature and filters act; a filter after a temperature sees the distribution that the temperature made.</summary>
public enum SamplingOrder
{
    /// <summary>Temperature, top-k, top-p, min-p, typical-p: as in Hugging Face's transformers and nanoGPT.</summary>
    TemperatureFirst,

    /// <summary>Top-k, typical-p, top-p, min-p, temperature: as in llama.cpp.</summary>
    TemperatureLast,
}
