namespace Zoneway.SniRouter.Tests.Proxying;

// The behavioural tests against the engine, one class for each of theirs.

public sealed class EngineForwardingTests() : ForwardingTests(PathUnderTest.Engine);

public sealed class EngineHalfCloseTests() : HalfCloseTests(PathUnderTest.Engine);

public sealed class EngineBackPressureTests() : BackPressureTests(PathUnderTest.Engine);

public sealed class EngineResetTests() : ResetTests(PathUnderTest.Engine);

public sealed class EngineTimeoutTests() : TimeoutTests(PathUnderTest.Engine);

public sealed class EngineRefusalTests() : RefusalTests(PathUnderTest.Engine);

public sealed class EngineConnectTests() : ConnectTests(PathUnderTest.Engine);

public sealed class EngineLimitTests() : LimitTests(PathUnderTest.Engine);

public sealed class EngineCircuitBreakerTests() : CircuitBreakerTests(PathUnderTest.Engine);

public sealed class EngineRateLimitTests() : RateLimitTests(PathUnderTest.Engine);

public sealed class EngineDrainTests() : DrainTests(PathUnderTest.Engine);

public sealed class EngineLocalAnswerTests() : LocalAnswerTests(PathUnderTest.Engine);

public sealed class EngineLiveUpdateTests() : LiveUpdateTests(PathUnderTest.Engine);

public sealed class EngineDnsClusterTests() : DnsClusterTests(PathUnderTest.Engine);

public sealed class EngineHealthTests() : HealthTests(PathUnderTest.Engine);

public sealed class EngineHashTests() : HashTests(PathUnderTest.Engine);
