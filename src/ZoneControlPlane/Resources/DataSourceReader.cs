namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// Reads Kuma's DataSource: <c>inline</c> (base64), <c>inlineString</c>, or <c>type: InsecureInline</c> with <c>insecureInline.value</c>. The
/// forms that point elsewhere are refused, for this control plane keeps no Secret resources and reads no files for others.
/// </summary>
internal static class DataSourceReader
{
    /// <summary>The bytes meant; null when absent or wrong. What they are is never part of a finding.</summary>
    public static ReadOnlyMemory<byte>? Read(ResourceFields parent, string name)
    {
        if (parent.Child(name) is not { } source)
        {
            return null;
        }

        foreach (var elsewhere in (ReadOnlySpan<string>)["secret", "secretRef", "file", "envVar"])
        {
            if (source.Has(elsewhere))
            {
                source.Error(elsewhere, "is not supported by this control plane: give the PEM with inline or inlineString");
                return null;
            }
        }

        source.Skip("type");
        var insecure = source.Child("insecureInline");
        var content = source.Secret("inline", isBase64: true) ?? source.Secret("inlineString", isBase64: false) ?? insecure?.Secret("value", isBase64: false);
        if (content is null)
        {
            source.Error("one of inline (base64) and inlineString is required");
        }

        return content;
    }
}
