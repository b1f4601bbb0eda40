using Zoneway.ZoneControlPlane.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
