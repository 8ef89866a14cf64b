using MudBlazor;

namespace TinyLM.Lab.Components.Layout;

/// <summary>The lab's own colours and type: cobalt and ember on cool greys, flat surfaces, Inter and JetBrains Mono.</summary>
public static class LabTheme
{
    private static readonly string[] s_sans = ["Inter Variable", "system-ui", "-apple-system", "Segoe UI", "sans-serif"];

    /// <summary>Both palettes, radii and type.</summary>
    public static MudTheme Value { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#3451d1",
            PrimaryContrastText = "#ffffff",
            Secondary = "#c2570c",
            Tertiary = "#0d8a6a",
            Success = "#15803d",
            Warning = "#a85b05",
            Error = "#c0271d",
            Info = "#0369a1",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#171c26",
            TextPrimary = "#171c26",
            TextSecondary = "#586274",
            TextDisabled = "#959eac",
            ActionDefault = "#586274",
            ActionDisabled = "#a3abb8",
            ActionDisabledBackground = "#e9ecf1",
            LinesDefault = "#e2e6ec",
            LinesInputs = "#c3cad5",
            Divider = "#e2e6ec",
            TableLines = "#edf0f4",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8fa5ff",
            PrimaryContrastText = "#0c1230",
            Secondary = "#ff9d5c",
            Tertiary = "#43d3ac",
            Success = "#54d17f",
            Warning = "#f2b13f",
            Error = "#ff7b72",
            Info = "#58b8f0",
            SuccessContrastText = "#06210f",
            WarningContrastText = "#2a1a00",
            ErrorContrastText = "#3a0603",
            InfoContrastText = "#03202f",
            Background = "#0e1218",
            Surface = "#161b23",
            AppbarBackground = "#11161d",
            AppbarText = "#e7ebf2",
            TextPrimary = "#e7ebf2",
            TextSecondary = "#9aa5b5",
            TextDisabled = "#626d7d",
            ActionDefault = "#9aa5b5",
            ActionDisabled = "#59636f",
            ActionDisabledBackground = "#222933",
            LinesDefault = "#29313d",
            LinesInputs = "#3d4757",
            Divider = "#29313d",
            TableLines = "#222934",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = s_sans, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = s_sans, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = s_sans, FontSize = "0.8125rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontFamily = s_sans, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontFamily = s_sans, FontSize = "0.8125rem", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = s_sans, FontSize = "0.75rem", LineHeight = "1.45", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = s_sans, FontSize = "1rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "-0.005em" },
            Button = new ButtonTypography { FontFamily = s_sans, FontSize = "0.875rem", FontWeight = "550", LineHeight = "1.5", TextTransform = "none", LetterSpacing = "normal" },
        },
    };

    /// <summary>The palette of one of the two themes.</summary>
    public static Palette PaletteOf(bool dark) => dark ? Value.PaletteDark : Value.PaletteLight;
}
