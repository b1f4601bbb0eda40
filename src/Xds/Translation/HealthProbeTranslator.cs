using System.Buffers;
using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Type.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.Clusters;
using HttpCheck = Envoy.Config.Core.V3.HealthCheck.Types.HttpHealthCheck;
using Payload = Envoy.Config.Core.V3.HealthCheck.Types.Payload;
using TcpCheck = Envoy.Config.Core.V3.HealthCheck.Types.TcpHealthCheck;

namespace Zoneway.Xds.Translation;

/// <summary>What a health check asks, HealthCheck.health_checker, to <see cref="HealthProbeConfig"/>.</summary>
internal static class HealthProbeTranslator
{
    // Headers may be long (a token), but not without bound: every check sends them.
    private const int MaxHeaders = 100;
    private const int MaxPayloads = 100;

    /// <summary>Translates the probe; null, with the reason noted, when it cannot be sent.</summary>
    public static HealthProbeConfig? Translate(HealthCheck message, Findings findings)
    {
        switch (message.HealthCheckerCase)
        {
            case HealthCheck.HealthCheckerOneofCase.TcpHealthCheck:
                return Translate(message.TcpHealthCheck, findings.At("tcp_health_check"));
            case HealthCheck.HealthCheckerOneofCase.HttpHealthCheck:
                return Translate(message.HttpHealthCheck, findings.At("http_health_check"));
            case HealthCheck.HealthCheckerOneofCase.GrpcHealthCheck:
                return new GrpcHealthProbe(message.GrpcHealthCheck.ServiceName, message.GrpcHealthCheck.Authority);
            default:
                findings.Ignore("", "what to ask is not known, so nothing is checked");
                return null;
        }
    }

    private static TcpHealthProbe? Translate(TcpCheck message, Findings findings)
    {
        if (message.Receive.Count > MaxPayloads || Bytes(message.Send) is not { } send)
        {
            findings.Ignore("", "what to send is not hexadecimal, or too much is to be received, so nothing is checked");
            return null;
        }

        var receive = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(message.Receive.Count);
        foreach (var payload in message.Receive)
        {
            if (Bytes(payload) is not { } part)
            {
                findings.Ignore("receive", "what to receive is not hexadecimal, so nothing is checked");
                return null;
            }

            receive.Add(part);
        }

        return new TcpHealthProbe(send, receive.MoveToImmutable());
    }

    private static HttpHealthProbe? Translate(HttpCheck message, Findings findings)
    {
        var statuses = Statuses(message.ExpectedStatuses);
        var isGet = message.Method is RequestMethod.MethodUnspecified or RequestMethod.Get;
        if (!message.Path.StartsWith('/') || message.RequestHeadersToAdd.Count > MaxHeaders || statuses.IsEmpty || !isGet || message.CodecClientType == CodecClientType.Http3)
        {
            findings.Ignore("", "only GET requests of a path over HTTP/1.1 and HTTP/2, with statuses from 100 to 599, can be asked, so nothing is checked");
            return null;
        }

        findings.IgnoreIf(message.Receive.Count > 0, "receive", "the body of an answer is not looked at");
        findings.IgnoreIf(message.RetriableStatuses.Count > 0, "retriable_statuses", "every other status is a failure");
        return new HttpHealthProbe
        {
            Path = message.Path,
            Host = message.Host,
            IsHttp2 = message.CodecClientType == CodecClientType.Http2,
            Headers = [.. message.RequestHeadersToAdd.Where(option => option.Header is not null).Select(option => KeyValuePair.Create(option.Header.Key, option.Header.Value))],
            ExpectedStatuses = statuses,
        };
    }

    private static ImmutableArray<(int First, int End)> Statuses(RepeatedField<Int64Range> ranges) =>
        ranges.Count == 0 ? [(200, 201)]
        : ranges.Count > MaxPayloads || ranges.Any(range => range.Start < 100 || range.End > 600 || range.Start >= range.End) ? []
        : [.. ranges.Select(range => ((int)range.Start, (int)range.End))];

    // Text is hexadecimal; null when it is not.
    private static ReadOnlyMemory<byte>? Bytes(Payload? payload)
    {
        switch (payload?.PayloadCase ?? Payload.PayloadOneofCase.None)
        {
            case Payload.PayloadOneofCase.None:
                return ReadOnlyMemory<byte>.Empty;
            case Payload.PayloadOneofCase.Binary:
                return payload!.Binary.Memory;
            default:
                var bytes = new byte[payload!.Text.Length / 2];
                var isHex = payload.Text.Length % 2 == 0 && Convert.FromHexString(payload.Text, bytes, out _, out _) == OperationStatus.Done;
                // Not "? bytes : null": a null array would become empty memory.
                return isHex ? bytes : default(ReadOnlyMemory<byte>?);
        }
    }
}
