using System.Net;
using System.Text;
using System.Text.Json;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads the answer of the control plane's bootstrap endpoint. Protocol §1.2.</summary>
internal static class BootstrapAnswer
{
    private const int QuotedCharacters = 500;
    private const string WrongServerBody = "404: Page Not Found";

    /// <summary>Turns status and body into a document, or into an error that says whether to try again and what to do.</summary>
    public static BootstrapAttempt Read(HttpStatusCode status, byte[] body, BootstrapRequest request)
    {
        var text = Quote(body);
        return (int)status switch
        {
            200 => ReadDocument(body),
            422 when text.Contains("oken", StringComparison.Ordinal) => BootstrapAttempt.GiveUp(
                $"The control plane asks for a token: {text} Give one with --dataplane-token-file or --dataplane-token."),
            422 => BootstrapAttempt.GiveUp($"The control plane rejected the proxy's resource: {text} Correct the file or text of --dataplane-file or --dataplane."),
            400 when text.Length == 0 => BootstrapAttempt.GiveUp(
                "The control plane could not read the bootstrap request. Its version may be one that this proxy does not know."),
            400 => BootstrapAttempt.GiveUp(
                $"The control plane refused the bootstrap request: {text} --cp-address must use a name or address of the control plane's certificate, and --ca-cert-file must hold a CA."),
            404 when text.Length == 0 => BootstrapAttempt.TryAgain(
                $"The control plane knows no {request.ProxyType} '{request.Name}' (yet). Create its resource, or pass it with --dataplane-file."),
            404 when text == WrongServerBody => BootstrapAttempt.GiveUp(
                "There is a server, but no bootstrap endpoint. --cp-address must name the control plane's data plane port, which is 5678 unless set otherwise."),
            >= 500 => BootstrapAttempt.TryAgain($"The control plane answered with status {(int)status}: {text}"),
            _ => BootstrapAttempt.GiveUp($"The control plane answered with status {(int)status}, which no bootstrap endpoint does: {text} Check --cp-address."),
        };
    }

    private static BootstrapAttempt ReadDocument(byte[] body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object
                && answer.RootElement.TryGetProperty("bootstrap", out var bootstrap)
                && bootstrap.ValueKind == JsonValueKind.String && bootstrap.TryGetBytesFromBase64(out var yaml))
            {
                return BootstrapDocument.TryParse(Encoding.UTF8.GetString(yaml), out var document, out var error)
                    ? new BootstrapAttempt(document, "", MayRetry: false)
                    : BootstrapAttempt.GiveUp($"The bootstrap document of the control plane cannot be used: {error}");
            }
        }
        catch (JsonException)
        {
            // Not JSON; the message below says so.
        }

        return BootstrapAttempt.GiveUp("The server's answer is not that of a bootstrap endpoint: no JSON with a 'bootstrap' member. Check --cp-address.");
    }

    // Text of the server goes into log lines: bounded, on one line.
    private static string Quote(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, QuotedCharacters))).Trim();
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
