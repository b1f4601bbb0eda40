using System.Net.Sockets;
using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Soak;

/// <summary>One connection after another, each with a behaviour of its own, until it is told to stop.</summary>
internal sealed class SoakWorker(SoakContext context, int seed)
{
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[64 * 1024];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ConnectAsync();
        }
    }

    private async Task ConnectAsync()
    {
        var (name, kind, act) = Choose();
        // The last names are known to no listener.
        var route = name == "unknown name" ? context.Routes.Count + _random.Next(context.UnknownNames) : _random.Next(context.Routes.Count);
        var begun = context.Elapsed;
        using var limit = new CancellationTokenSource(ConnectionLimit);
        using var connection = new SoakConnection(context.Tally, _buffer, (uint)_random.Next(BytePattern.Period));
        try
        {
            await connection.ConnectAsync(context.Port, limit.Token);
            if (await SayHelloAsync(connection, name, route, kind, limit.Token))
            {
                var greeting = await connection.ReceiveGreetingAsync(limit.Token);
                if (IsServed(greeting, route, begun, name))
                {
                    await act(connection, limit.Token);
                }
            }

            context.Tally.Done(name);
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
        {
            if (route >= context.Routes.Count || !context.History.MayRefuse(route, begun))
            {
                context.Tally.UnexpectedEnd($"{name}: {exception.Message}");
            }
        }
    }

    private (string Name, StreamKind Kind, Func<SoakConnection, CancellationToken, Task> Act) Choose() => _random.Next(100) switch
    {
        < 25 => ("short", StreamKind.GreetOnly, EndAsync),
        < 45 => ("echo", StreamKind.Echo, EchoAsync),
        < 55 => ("half-close", StreamKind.Echo, HalfCloseAsync),
        < 62 => ("upload", StreamKind.Sink, UploadAsync),
        < 69 => ("download", StreamKind.Source, DownloadAsync),
        < 74 => ("slow reader", StreamKind.Source, ReadSlowlyAsync),
        < 84 => ("reset while streaming", StreamKind.Source, ResetAsync),
        < 88 => ("reset in the hello", StreamKind.GreetOnly, EndAsync),
        < 91 => ("end in the hello", StreamKind.GreetOnly, EndAsync),
        < 95 => ("unknown name", StreamKind.GreetOnly, EndAsync),
        _ => ("idle", StreamKind.GreetOnly, IdleAsync),
    };

    /// <returns>False when nothing more is to be expected.</returns>
    private async Task<bool> SayHelloAsync(SoakConnection connection, string name, int route, StreamKind kind, CancellationToken cancellationToken)
    {
        var book = _random.Next(2) == 0 ? context.SmallHellos : context.PostQuantumHellos;
        var hello = new byte[4096];
        var bytes = hello.AsMemory(0, book.Write(route, new StreamOrder(kind, connection.Seed), hello));
        switch (name)
        {
            case "reset in the hello":
                await connection.SendInPiecesAsync(bytes[.._random.Next(1, bytes.Length)], 2, _random, cancellationToken);
                connection.Reset();
                return false;
            case "end in the hello":
                await connection.SendInPiecesAsync(bytes[.._random.Next(1, bytes.Length)], 2, _random, cancellationToken);
                connection.FinishSending();
                Expect(await connection.ReceiveGreetingAsync(cancellationToken) is null, "half a hello was answered");
                return false;
            default:
                await connection.SendInPiecesAsync(bytes, _random.Next(1, 4), _random, cancellationToken);
                return true;
        }
    }

    private bool IsServed(Greeting? greeting, int route, TimeSpan begun, string name)
    {
        if (route >= context.Routes.Count)
        {
            Expect(greeting is null, "a name that no route has was answered");
            return false;
        }

        if (greeting is not { } answer)
        {
            Expect(context.History.MayRefuse(route, begun), $"{name}: closed without a greeting");
            return false;
        }

        if (!context.History.MayAnswer(route, answer.Backend, begun))
        {
            context.Tally.WrongRoute($"route {route} was answered by back end {answer.Backend}");
        }

        return true;
    }

    private async Task EchoAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        for (var messages = _random.Next(1, 30); messages > 0; messages--)
        {
            // What is under way at a time fits into socket buffers, so that sending never waits for receiving.
            var length = _random.Next(1, _random.Next(1, 32 * 1024));
            await connection.SendPatternAsync(length, cancellationToken);
            Expect(await connection.ReceivePatternAsync(length, cancellationToken) == length, "an echo was cut short");
        }

        await EndAsync(connection, cancellationToken);
    }

    private async Task HalfCloseAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        var length = _random.Next(1, 4 * 1024 * 1024);
        var sending = SendAndFinishAsync(connection, length, cancellationToken);
        var received = await connection.ReceivePatternAsync(long.MaxValue, cancellationToken);
        await sending;
        Expect(received == length, $"of {length} bytes before a half-close {received} came back");
    }

    private static async Task SendAndFinishAsync(SoakConnection connection, long length, CancellationToken cancellationToken)
    {
        await connection.SendPatternAsync(length, cancellationToken);
        connection.FinishSending();
    }

    private async Task UploadAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await connection.SendPatternAsync(_random.Next(1, 8 * 1024 * 1024), cancellationToken);
        await EndAsync(connection, cancellationToken);
    }

    private async Task DownloadAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await connection.ReceivePatternAsync(_random.Next(1, 8 * 1024 * 1024), cancellationToken);
        // The back end ends its stream in answer; until then it goes on.
        connection.FinishSending();
        await connection.ReceivePatternAsync(long.MaxValue, cancellationToken);
    }

    private async Task ReadSlowlyAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        for (var pauses = _random.Next(1, 6); pauses > 0; pauses--)
        {
            await Task.Delay(_random.Next(20, 300), cancellationToken);
            await connection.ReceivePatternAsync(_random.Next(1, 512 * 1024), cancellationToken);
        }

        connection.FinishSending();
        await connection.ReceivePatternAsync(long.MaxValue, cancellationToken);
    }

    private async Task ResetAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await connection.ReceivePatternAsync(_random.Next(1, 1024 * 1024), cancellationToken);
        connection.Reset();
    }

    private async Task IdleAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        await Task.Delay(_random.Next(100, 5000), cancellationToken);
        await EndAsync(connection, cancellationToken);
    }

    private async Task EndAsync(SoakConnection connection, CancellationToken cancellationToken)
    {
        connection.FinishSending();
        Expect(await connection.ReceivePatternAsync(long.MaxValue, cancellationToken) == 0, "bytes came that nobody had asked for");
    }

    private void Expect(bool isRight, string fault)
    {
        if (!isRight)
        {
            context.Tally.UnexpectedEnd(fault);
        }
    }
}
