using System.Reflection;

namespace Zoneway.Hosting;

/// <summary>The version of this software.</summary>
internal static class ProductVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = Read().Split('+')[0];

    /// <summary>The commit it was built from; empty when the build did not know.</summary>
    public static string Commit { get; } = Read() is var version && version.IndexOf('+') is >= 0 and var at ? version[(at + 1)..] : "";

    private static string Read() => typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
