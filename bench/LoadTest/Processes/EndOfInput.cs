namespace Zoneway.LoadTest.Processes;

/// <summary>Notices the end of standard input, by which a child learns that its parent is gone, whatever became of it.</summary>
internal sealed class EndOfInput
{
    private volatile bool _isReached;

    public EndOfInput() => new Thread(Wait) { IsBackground = true, Name = "end-of-input" }.Start();

    public bool IsReached => _isReached;

    private void Wait()
    {
        while (Console.In.ReadLine() is not null)
        {
            // What comes is of no interest.
        }

        _isReached = true;
    }
}
