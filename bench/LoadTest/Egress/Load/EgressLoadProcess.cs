using System.Text.Json;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>
/// The clients of the egress cases, in a process of their own: takes one <see cref="EgressLoadRequest"/> per line of standard input, as JSON, and answers each with a
/// <see cref="Zoneway.LoadTest.Load.LoadResult"/>. Ends when its standard input does.
/// </summary>
internal static class EgressLoadProcess
{
    /// <param name="certificates">Directory of the <see cref="BenchCertificates"/>.</param>
    public static async Task<int> RunAsync(string certificates)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var request = JsonSerializer.Deserialize<EgressLoadRequest>(line)!;
            var result = await new EgressLoadRun(request, TlsDialer.Create(request, certificates)).ExecuteAsync();
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result));
        }

        return 0;
    }
}
