// SPDX-License-Identifier: Apache-2.0

package boot

// Visit is one question for a file: which name, by whom, of which of our addresses.
type Visit struct {
	Name     Name
	Protocol Protocol // by which it is asked for
	Client   Client   // what is known of the machine that asks
	Server   Endpoint // where URLs in rendered files point to: the address that was asked, and HTTP where it is on
	Tokens   Tokens   // of the attempt to install the machine; nil: there is none
	ByToken  bool     // it was asked for with a token for files
	Memory   int64    // that the machine says it has, in bytes; 0: not known
	Asked    bool     // nothing is asked of the machine before it gets what was rendered: nobody boots by it, as for explain
	Code     string   // by which people name a machine that waits; "": none is free
}
