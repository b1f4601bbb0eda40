using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Translation;

/// <summary>google.protobuf.Duration to <see cref="TimeSpan"/>, within what timers can wait for.</summary>
internal static class DurationTranslator
{
    /// <summary>The longest time limit; longer ones are cut to it. About 24 days, what a timer takes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>A time limit that may be zero. What is above zero is at least a millisecond.</summary>
    /// <returns>The time; null, with an error noted, when it is negative or not a valid duration.</returns>
    public static TimeSpan? Translate(Duration duration, Findings findings, string field)
    {
        var time = TryTranslate(duration);
        findings.RejectIf(time is null, field, "the duration is negative or out of range");
        return time;
    }

    /// <summary>The same where what is wrong costs nothing but the setting; null when it is negative or not a valid duration.</summary>
    public static TimeSpan? TryTranslate(Duration duration)
    {
        if (duration is not { Seconds: >= 0 and <= Duration.MaxSeconds, Nanos: >= 0 and <= 999_999_999 })
        {
            return null;
        }

        if (duration is { Seconds: 0, Nanos: 0 })
        {
            return TimeSpan.Zero;
        }

        var time = duration.ToTimeSpan();
        return time < Shortest ? Shortest : time > Longest ? Longest : time;
    }

    /// <summary>A time limit that must be above zero.</summary>
    /// <returns>The time; null, with an error noted, when it is not.</returns>
    public static TimeSpan? TranslatePositive(Duration duration, Findings findings, string field)
    {
        var time = Translate(duration, findings, field);
        if (time != TimeSpan.Zero)
        {
            return time;
        }

        findings.Reject(field, "the duration must be above zero");
        return null;
    }
}
