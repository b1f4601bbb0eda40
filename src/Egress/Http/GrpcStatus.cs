using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Zoneway.Egress.Http;

/// <summary>Answers of the proxy as gRPC tells them (gRPC over HTTP/2, "Responses").</summary>
internal static class GrpcStatus
{
    private const int Unknown = 2;

    /// <summary>The status for an HTTP status (gRPC, "HTTP to gRPC Status Code Mapping").</summary>
    public static int Of(int httpStatus) => httpStatus switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => Unknown,
    };

    /// <summary>The HTTP status that stands for a gRPC status (google.rpc.Code, "HTTP Mapping").</summary>
    public static int ToHttp(int grpcStatus) => grpcStatus switch
    {
        0 => 200,
        1 => 499,
        3 or 9 or 11 => 400,
        4 => 504,
        5 => 404,
        6 or 10 => 409,
        7 => 403,
        8 => 429,
        12 => 501,
        14 => 503,
        16 => 401,
        _ => 500,
    };

    /// <summary>The status among the headers or trailers of an answer; null when it is not there.</summary>
    public static int? Find(HttpHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-status", out var values) ? int.TryParse(values.ToString(), CultureInfo.InvariantCulture, out var status) ? status : Unknown : null;

    /// <summary>A message for the header grpc-message: percent-encoded UTF-8.</summary>
    public static string Encode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and < 0x7F and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return encoded.ToString();
    }
}
