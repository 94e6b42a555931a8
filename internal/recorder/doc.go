// SPDX-License-Identifier: Apache-2.0

// Package recorder writes the log, counts, and keeps each machine's story.
//
// All rooms hand their events to it and forget them: it is the only place that knows a log or a metric, and nothing that a
// protocol does depends on what became of an event. What packets say is made safe here, and bounded: one machine cannot fill
// the log, and neither can somebody who invents a machine for every packet. What gets no line is still counted.
//
// Every line about a machine has the same fields, whatever the protocol: step (dhcp, tftp, http, unknown), mac, host,
// profile, ip, and file, the name or URL that it is about. How it ended stands in verdict (DHCP) or outcome (files), with
// detail where there is more to say; sizes are numbers of bytes, took and rtt are written for people.
package recorder
