using System.Security.Cryptography;
using System.Text;
using Envoy.Config.Core.V3;
using Zoneway.MutualTls;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads what is behind a <see cref="DataSource"/>: inline, or a small file on this machine.</summary>
internal static class DataSourceReader
{
    // A bundle of all public CAs takes about 250 KiB.
    private const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>PEM text with at least one certificate.</summary>
    /// <exception cref="InvalidDataException">The source is of another form, its file cannot be read, or it holds no certificate.</exception>
    public static string ReadCertificates(DataSource source)
    {
        var pem = ReadText(source);
        try
        {
            PemCertificates.Read(pem);
            return pem;
        }
        catch (CryptographicException exception)
        {
            throw new InvalidDataException($"The trusted CA cannot be read: {exception.Message}", exception);
        }
    }

    private static string ReadText(DataSource source) => source.SpecifierCase switch
    {
        DataSource.SpecifierOneofCase.InlineBytes => Encoding.UTF8.GetString(source.InlineBytes.Span),
        DataSource.SpecifierOneofCase.InlineString => source.InlineString,
        DataSource.SpecifierOneofCase.Filename => SmallFile.TryRead(source.Filename, MaxFileBytes, out var text, out var error)
            ? text
            : throw new InvalidDataException(error),
        _ => throw new InvalidDataException($"A data source of the form {source.SpecifierCase} is not supported here."),
    };
}
