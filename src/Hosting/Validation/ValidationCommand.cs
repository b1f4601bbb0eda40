using System.Text.Encodings.Web;
using System.Text.Json;
using Zoneway.Xds.Validation;

namespace Zoneway.Hosting.Validation;

/// <summary>The command <c>validate</c>: what the proxy would make of files of Envoy resources.</summary>
internal static class ValidationCommand
{
    private const int MaxBytes = 256 * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        // The report is read by people and programs, not put into HTML; server names and reasons stay legible.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Validates files and writes a report for each.</summary>
    /// <param name="files">Paths; each file is a configuration of its own.</param>
    /// <param name="asJson">Whether to write JSON: one object for one file, an array of objects for several.</param>
    /// <param name="terminates">Whether the program ends TLS.</param>
    /// <param name="output">Takes the reports.</param>
    /// <param name="errors">Takes what could not be read.</param>
    /// <returns>0 when everything would be in force or was ignored, 1 when something would be rejected, 2 when a file could not be read.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> files, bool asJson, bool terminates, TextWriter output, TextWriter errors)
    {
        var reports = new List<ValidationReport>();
        var code = ExitCodes.Success;
        foreach (var file in files)
        {
            var (report, problem) = await ValidateAsync(file, terminates);
            if (report is null)
            {
                await errors.WriteLineAsync($"{file}: {problem}");
                code = ExitCodes.BadSettings;
                continue;
            }

            code = Math.Max(code, report.Rejected.Count > 0 ? ExitCodes.Failure : ExitCodes.Success);
            if (asJson)
            {
                reports.Add(files.Count == 1 ? report : report with { File = file });
            }
            else
            {
                await output.WriteAsync(TextReport.Of(file, report));
            }
        }

        if (asJson && reports.Count > 0)
        {
            await output.WriteLineAsync(files.Count == 1 ? JsonSerializer.Serialize(reports[0], Json) : JsonSerializer.Serialize(reports, Json));
        }

        return code;
    }

    private static async Task<(ValidationReport? Report, string? Problem)> ValidateAsync(string file, bool terminates)
    {
        try
        {
            var (bytes, problem) = await ReadAsync(file);
            return bytes is null ? (null, problem) : (ConfigurationValidator.Validate(bytes, out problem, terminates), problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, exception.Message);
        }
    }

    // Pipes such as /dev/stdin have no length, and may never end.
    private static async Task<(byte[]? Bytes, string? Problem)> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            if (content.Length + count > MaxBytes)
            {
                return (null, $"it has more than {MaxBytes} bytes");
            }

            content.Write(buffer, 0, count);
        }

        return (content.ToArray(), null);
    }
}
