using Microsoft.Extensions.Logging;

namespace Dna.Fast.Logging;

/// <summary>Everything a node says in its log.</summary>
internal static partial class Log
{
    /// <summary>True for lines an operator asked for, one by one: they are never folded, and no stranger can cause them.</summary>
    public static bool IsAskedFor(EventId eventId) =>
        eventId.Name is nameof(Statistics) or nameof(ConfigChanged) or nameof(ConfigUnchanged) or nameof(ConfigNeedsRestart) or nameof(ConfigRefused);

    [LoggerMessage(30, LogLevel.Information, "Configuration read anew ({File}): changed {Keys}")]
    public static partial void ConfigChanged(this ILogger log, string file, string keys);

    [LoggerMessage(31, LogLevel.Information, "Configuration read anew ({File}): nothing changed")]
    public static partial void ConfigUnchanged(this ILogger log, string file);

    [LoggerMessage(32, LogLevel.Warning, "Configuration: {Keys} will change at the next start only")]
    public static partial void ConfigNeedsRestart(this ILogger log, string keys);

    [LoggerMessage(33, LogLevel.Error, "Configuration not taken, everything stays as it is: {Problem}")]
    public static partial void ConfigRefused(this ILogger log, string problem);

    [LoggerMessage(34, LogLevel.Information, "Configuration: {File}")]
    public static partial void ConfigUsed(this ILogger log, string file);

    [LoggerMessage(35, LogLevel.Information, "The terminal is gone")]
    public static partial void TerminalGone(this ILogger log);

    [LoggerMessage(1, LogLevel.Information, "Serving on {Addresses} as {Node}, {Values} values, data in {Directory}")]
    public static partial void Serving(this ILogger log, string addresses, string node, long values, string directory);

    [LoggerMessage(2, LogLevel.Information, "Stopping: {Reason}")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(36, LogLevel.Information, "Draining: {Values} values are handed over to other nodes, for {Seconds} s at most")]
    public static partial void Draining(this ILogger log, long values, int seconds);

    [LoggerMessage(37, LogLevel.Information, "Drained: {HandedOver} values are at other nodes, {Left} are not")]
    public static partial void Drained(this ILogger log, long handedOver, long left);

    [LoggerMessage(3, LogLevel.Information, "Stopped after {Milliseconds} ms")]
    public static partial void Stopped(this ILogger log, long milliseconds);

    [LoggerMessage(4, LogLevel.Error, "Stopping takes too long; ending now. What was acknowledged is in the log of the store")]
    public static partial void StopTooSlow(this ILogger log);

    [LoggerMessage(5, LogLevel.Warning, "Some acknowledgements were still owed when the time to finish them was over")]
    public static partial void NotDrained(this ILogger log);

    [LoggerMessage(6, LogLevel.Warning, "The node id file could not be read; set aside as {Damaged}, a new id was made")]
    public static partial void NodeIdDamaged(this ILogger log, string damaged);

    [LoggerMessage(7, LogLevel.Warning, "{Lines} lines of the nodes file could not be read")]
    public static partial void NodesFileDamaged(this ILogger log, int lines);

    [LoggerMessage(8, LogLevel.Warning, "The good nodes could not be saved: {Reason}")]
    public static partial void NodesNotSaved(this ILogger log, string reason);

    [LoggerMessage(9, LogLevel.Debug, "Saved {Nodes} good nodes")]
    public static partial void NodesSaved(this ILogger log, int nodes);

    [LoggerMessage(10, LogLevel.Warning, "Other users can look into {Directory}: chmod 700 is safer")]
    public static partial void DirectoryOpenToOthers(this ILogger log, string directory);

    [LoggerMessage(11, LogLevel.Warning, "Bootstrap: {Reason}; trying again in {Seconds} s")]
    public static partial void NameNotResolved(this ILogger log, string reason, int seconds);

    [LoggerMessage(12, LogLevel.Information, "Bootstrap: {Name} is {Addresses}")]
    public static partial void NameResolved(this ILogger log, string name, string addresses);

    [LoggerMessage(13, LogLevel.Warning, "No status socket: {Reason}. \"dna status\" will not reach this node")]
    public static partial void NoStatusSocket(this ILogger log, string reason);

    [LoggerMessage(14, LogLevel.Error, "Packet thread {Worker} met an error of ours; the datagram was dropped")]
    public static partial void HandlerFailed(this ILogger log, int worker, Exception failure);

    [LoggerMessage(15, LogLevel.Warning, "Recovery set {Records} damaged records aside")]
    public static partial void RecordsDamaged(this ILogger log, long records);

    [LoggerMessage(16, LogLevel.Error, "Store: {Health}")]
    public static partial void StoreUnwell(this ILogger log, string health);

    [LoggerMessage(17, LogLevel.Information, "Store: well again")]
    public static partial void StoreWell(this ILogger log);

    [LoggerMessage(18, LogLevel.Information,
        "Statistics: {Values} values, {Bytes} bytes, {Good4} good nodes over IPv4 and {Good6} over IPv6, {Listeners} listeners, {DatagramsIn} datagrams in, {DatagramsOut} out, {Drops} dropped, {Memory} bytes of memory")]
    public static partial void Statistics(
        this ILogger log, long values, long bytes, int good4, int good6, int listeners, long datagramsIn, long datagramsOut, long drops, long memory);

    [LoggerMessage(20, LogLevel.Information, "State file {Path}: {Nodes} nodes, {Keys} keys with values that stay there")]
    public static partial void StateRead(this ILogger log, string path, int nodes, int keys);

    [LoggerMessage(21, LogLevel.Warning, "State file {Path} is not used: {Reason}")]
    public static partial void StateNotRead(this ILogger log, string path, string reason);

    [LoggerMessage(22, LogLevel.Warning, "No peer discovery: {Reason}")]
    public static partial void NoDiscovery(this ILogger log, string reason);

    [LoggerMessage(19, LogLevel.Error, "A background task of ours failed")]
    public static partial void BackgroundFailed(this ILogger log, Exception failure);

    [LoggerMessage(40, LogLevel.Error, "HTTP: {Path} met an error of ours")]
    public static partial void HttpFailed(this ILogger log, string? path, Exception failure);

    [LoggerMessage(41, LogLevel.Information, "HTTP on {Addresses}")]
    public static partial void HttpServing(this ILogger log, string addresses);

    [LoggerMessage(42, LogLevel.Warning, "Health: {Check} is {State}: {Reason}. {Hint}")]
    public static partial void HealthWorse(this ILogger log, string check, string state, string reason, string hint);

    [LoggerMessage(43, LogLevel.Information, "Health: {Check} is {State}: {Reason}")]
    public static partial void HealthBetter(this ILogger log, string check, string state, string reason);

    [LoggerMessage(46, LogLevel.Information, "REST proxy on {Addresses}")]
    public static partial void ProxyServing(this ILogger log, string addresses);

    [LoggerMessage(47, LogLevel.Information, "REST proxy: certificate {File} in use, valid until {Until}")]
    public static partial void ProxyCertificateUsed(this ILogger log, string file, string until);

    [LoggerMessage(48, LogLevel.Error, "REST proxy: {Problem}. The certificate that was in use stays in use")]
    public static partial void ProxyCertificateRefused(this ILogger log, string problem);

    [LoggerMessage(45, LogLevel.Debug, "The values could not be counted: {Reason}")]
    public static partial void SurveyFailed(this ILogger log, string reason);

    [LoggerMessage(49, LogLevel.Warning, "Traffic: {Used} of {Limit} bytes of this month are used: only what is cheap is served")]
    public static partial void TrafficSoft(this ILogger log, long used, long limit);

    [LoggerMessage(50, LogLevel.Information, "Traffic: {Used} of {Limit} bytes of this month are used: all is served again")]
    public static partial void TrafficNormal(this ILogger log, long used, long limit);

    [LoggerMessage(51, LogLevel.Warning, "The month's traffic was not saved: {Reason}")]
    public static partial void TrafficNotSaved(this ILogger log, string reason);

    [LoggerMessage(44, LogLevel.Warning, "systemd is not told: {Reason}")]
    public static partial void NotNotified(this ILogger log, string reason);
}
