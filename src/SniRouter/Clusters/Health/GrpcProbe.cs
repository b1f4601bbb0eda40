using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Zoneway.SniRouter.Clusters.Health;

/// <summary>Calls <c>grpc.health.v1.Health/Check</c> over HTTP/2 and wants to hear SERVING. The two messages have one field each, which are written and read by hand.</summary>
internal sealed class GrpcProbe : HealthProbe
{
    // One byte of flags, four of length (gRPC over HTTP/2, "Length-Prefixed-Message").
    private const int FrameHeaderBytes = 5;

    // HealthCheckRequest.service: field 1, text. HealthCheckResponse.status: field 1, a number; 1 is SERVING.
    private const byte ServiceTag = 0x0A;
    private const byte StatusTag = 0x08;
    private const byte Serving = 1;

    // The answer is seven bytes; what more a server says is not of interest.
    private const int MaxAnswerBytes = 4096;

    private readonly HttpProbeClient _client;
    private readonly string _authority;
    private readonly byte[] _body;

    public GrpcProbe(GrpcHealthProbe probe, HealthCheckConfig config, HealthCheckDialer dialer)
    {
        _client = new HttpProbeClient(config.ReusesConnection, dialer);
        _authority = dialer.Authority(probe.Authority);
        _body = Frame(probe.Service);
    }

    public override async ValueTask<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        using var request = HttpProbeClient.CreateRequest(HttpMethod.Post, "/grpc.health.v1.Health/Check", _authority, HttpVersion.Version20);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Content = new ByteArrayContent(_body);
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        return await _client.SendAsync(request, ReadAsync, cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    private static async ValueTask<HealthCheckResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return HealthCheckResult.Failed($"HTTP status {(int)response.StatusCode}");
        }

        var buffer = new byte[MaxAnswerBytes];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);

        // The status comes in the trailers, and in the headers where there is nothing else to say.
        var status = Value(response.TrailingHeaders) ?? Value(response.Headers);
        return status != "0" ? HealthCheckResult.Failed($"gRPC status {(status is null ? "missing" : int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : "malformed")}")
            : IsServing(buffer.AsSpan(0, length)) ? HealthCheckResult.Passed
            : HealthCheckResult.Failed("not serving");
    }

    private static string? Value(System.Net.Http.Headers.HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) ? values.FirstOrDefault() : null;

    /// <summary>One uncompressed message whose first field says so; a default value, which is not written, would be UNKNOWN.</summary>
    private static bool IsServing(ReadOnlySpan<byte> answer) =>
        answer.Length >= FrameHeaderBytes + 2 && answer[0] == 0 && BinaryPrimitives.ReadUInt32BigEndian(answer[1..]) >= 2
        && answer[FrameHeaderBytes] == StatusTag && answer[FrameHeaderBytes + 1] == Serving;

    private static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = new List<byte>(FrameHeaderBytes + name.Length + 6);
        if (name.Length > 0)
        {
            message.Add(ServiceTag);
            for (var left = (uint)name.Length; ; left >>= 7)
            {
                // Seven bits a byte, the lowest first; the eighth says that more follow.
                message.Add((byte)(left < 0x80 ? left : left | 0x80));
                if (left < 0x80)
                {
                    break;
                }
            }

            message.AddRange(name);
        }

        var frame = new byte[FrameHeaderBytes + message.Count];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Count);
        message.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }
}
