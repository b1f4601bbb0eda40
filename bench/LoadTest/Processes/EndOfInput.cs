namespace Zoneway.LoadTest.Processes;

/// <summary>Notices the end of standard input, by which a child learns that its parent is gone, whatever became of it.</summary>
internal sealed class EndOfInput
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndOfInput() => new Thread(Wait) { IsBackground = true, Name = "end-of-input" }.Start();

    public bool IsReached => _reached.Task.IsCompleted;

    /// <summary>Completes when it is reached.</summary>
    public Task Reached => _reached.Task;

    private void Wait()
    {
        while (Console.In.ReadLine() is not null)
        {
            // What comes is of no interest.
        }

        _reached.SetResult();
    }
}
