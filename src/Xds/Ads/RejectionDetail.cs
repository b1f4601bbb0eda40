using System.Text;
using Google.Rpc;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>Turns the errors of a response into the <c>error_detail</c> of its NACK. xDS protocol: ACK and NACK.</summary>
internal static class RejectionDetail
{
    private const int InvalidArgument = 3;
    private const int MaxErrors = 20;
    private const int MaxBytes = 4096;

    /// <summary>
    /// Null when the response is to be acknowledged: no error, or only such as were rejected before, since a control plane may
    /// stall its whole stream on every NACK (protocol §3.3).
    /// </summary>
    public static Status? From(IReadOnlyList<ResourceError> errors) =>
        errors.Any(error => error.IsNew) ? new Status { Code = InvalidArgument, Message = Text(errors) } : null;

    /// <summary>The errors one after the other, new ones first; at most 20 and 4 KiB of UTF-8, the rest as a number.</summary>
    public static string Text(IReadOnlyList<ResourceError> errors)
    {
        var text = new StringBuilder();
        var bytes = 0;
        var told = 0;
        foreach (var error in errors.OrderByDescending(error => error.IsNew).Take(MaxErrors))
        {
            var line = told == 0 ? Cut(error.ToString()) : "; " + error;
            bytes += Encoding.UTF8.GetByteCount(line);
            if (told > 0 && bytes > MaxBytes - 32)
            {
                break;
            }

            text.Append(line);
            told++;
        }

        return told == errors.Count ? text.ToString() : text.Append($"; and {errors.Count - told} more").ToString();
    }

    // UTF-8 needs at most three bytes for each UTF-16 code unit.
    private static string Cut(string line) => line.Length <= (MaxBytes - 32) / 3 ? line : $"{line.AsSpan(0, (MaxBytes - 64) / 3)}…";
}
