namespace Zoneway.SniRouter.Tests.Proxying;

// The behavioural tests against the portable data path, one class for each of theirs.

public sealed class PortableForwardingTests() : ForwardingTests(PathUnderTest.Portable);

public sealed class PortableHalfCloseTests() : HalfCloseTests(PathUnderTest.Portable);

public sealed class PortableBackPressureTests() : BackPressureTests(PathUnderTest.Portable);

public sealed class PortableResetTests() : ResetTests(PathUnderTest.Portable);

public sealed class PortableTimeoutTests() : TimeoutTests(PathUnderTest.Portable);

public sealed class PortableRefusalTests() : RefusalTests(PathUnderTest.Portable);

public sealed class PortableConnectTests() : ConnectTests(PathUnderTest.Portable);

public sealed class PortableLimitTests() : LimitTests(PathUnderTest.Portable);

public sealed class PortableCircuitBreakerTests() : CircuitBreakerTests(PathUnderTest.Portable);

public sealed class PortableRateLimitTests() : RateLimitTests(PathUnderTest.Portable);

public sealed class PortableDrainTests() : DrainTests(PathUnderTest.Portable);

public sealed class PortableLocalAnswerTests() : LocalAnswerTests(PathUnderTest.Portable);

public sealed class PortableLiveUpdateTests() : LiveUpdateTests(PathUnderTest.Portable);

public sealed class PortableDnsClusterTests() : DnsClusterTests(PathUnderTest.Portable);

public sealed class PortableHealthTests() : HealthTests(PathUnderTest.Portable);

public sealed class PortableHashTests() : HashTests(PathUnderTest.Portable);
