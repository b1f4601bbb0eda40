using BenchmarkDotNet.Running;
using Zoneway.Microbenchmarks;

BenchmarkSwitcher.FromAssembly(typeof(ShortConfig).Assembly).Run(args, new ShortConfig());
