using System.Runtime.CompilerServices;

namespace Zoneway.TestUtilities;

/// <summary>Waits for what other threads will bring about, with a limit that only a broken test reaches.</summary>
public static class Eventually
{
    /// <summary>Longest time a test waits for anything: 30 s, for machines that have a lot else to do.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within <see cref="Limit"/>.</exception>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(condition, static () => { }, what);

    /// <summary>Waits until a condition holds, doing something between one look and the next, such as moving a clock.</summary>
    /// <exception cref="TimeoutException">It did not hold within <see cref="Limit"/>.</exception>
    public static async Task TrueAsync(Func<bool> condition, Action meanwhile, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"Not true after {Limit.TotalSeconds} s: {what}");
            }

            meanwhile();
            // Between two looks only: what ends the wait is the condition.
            await Task.Delay(TimeSpan.FromMilliseconds(2));
        }
    }

    /// <summary>Awaits a task, but not longer than <see cref="Limit"/>.</summary>
    public static Task WithinLimit(this Task task) => task.WaitAsync(Limit);

    /// <summary>Awaits a task, but not longer than <see cref="Limit"/>.</summary>
    public static Task<T> WithinLimit<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Awaits a task, but not longer than <see cref="Limit"/>.</summary>
    public static Task<T> WithinLimit<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Awaits a task, but not longer than <see cref="Limit"/>.</summary>
    public static Task WithinLimit(this ValueTask task) => task.AsTask().WaitAsync(Limit);
}
