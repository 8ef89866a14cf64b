namespace TinyLM.Model.Scaling;

/// <summary>What a training takes: time, energy, carbon dioxide, money. Each follows from the hours of the devices.</summary>
/// <param name="DeviceHours">Hours of all devices together.</param>
/// <param name="Devices">How many work at once.</param>
/// <param name="Watts">Power of each.</param>
/// <param name="KilogramsPerKilowattHour">Carbon dioxide of the electricity.</param>
/// <param name="PricePerHour">Price of an hour of a device.</param>
public readonly record struct TrainingCost(double DeviceHours, double Devices, double Watts, double KilogramsPerKilowattHour, double PricePerHour)
{
    /// <summary>What Llama 3's model card comes to: 2,290 t for 5,390 MWh.</summary>
    public const double Llama3Carbon = 0.425;

    private const double SecondsPerHour = 3600;

    /// <summary>Hours from start to end.</summary>
    public double Hours => DeviceHours / Devices;

    /// <summary>Energy of the devices in kilowatt-hours; cooling, hosts and networks come on top.</summary>
    public double KilowattHours => DeviceHours * Watts / 1000;

    /// <summary>Carbon dioxide in kilograms.</summary>
    public double CarbonKilograms => KilowattHours * KilogramsPerKilowattHour;

    /// <summary>Money, in the currency of the price.</summary>
    public double Price => DeviceHours * PricePerHour;

    /// <summary>Hours of devices for a compute.</summary>
    /// <param name="flops">Floating-point operations of the training.</param>
    /// <param name="peak">Peak of a device, operations a second.</param>
    /// <param name="utilisation">The part of the peak that the training reaches (MFU), above 0, at most 1.</param>
    public static double DeviceHoursOf(double flops, double peak, double utilisation) => flops / (peak * utilisation * SecondsPerHour);

    /// <summary>Hours of devices for an energy in kilowatt-hours.</summary>
    public static double DeviceHoursOfEnergy(double kilowattHours, double watts) => kilowattHours * 1000 / watts;

    /// <summary>The compute of some hours of devices; the other way round.</summary>
    public static double FlopsOf(double deviceHours, double peak, double utilisation) => deviceHours * peak * utilisation * SecondsPerHour;
}
