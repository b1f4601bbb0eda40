using System.Text;
using Envoy.Config.Core.V3;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Xds.Translation.Tls;

/// <summary>PEM text behind a <see cref="DataSource"/>: inline, or in a file of this machine. Findings never carry any of it.</summary>
internal static class PemSource
{
    private const int MaxFileBytes = 1024 * 1024;

    /// <summary>The text; null, with an error noted, when there is none.</summary>
    public static string? Read(DataSource? source, Findings findings)
    {
        findings.RejectIf(source?.WatchedDirectory is not null, "watched_directory", "files are not watched");
        switch (source?.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineBytes:
                return Encoding.UTF8.GetString(source.InlineBytes.Span);
            case DataSource.SpecifierOneofCase.InlineString:
                return source.InlineString;
            case DataSource.SpecifierOneofCase.Filename:
                var isRead = SmallFile.TryRead(source.Filename, MaxFileBytes, out var text, out var problem);
                findings.RejectIf(!isRead, "filename", problem);
                return text;
            default:
                findings.Reject("", source is null ? "a data source is needed" : "only inline data and files are supported");
                return null;
        }
    }
}
