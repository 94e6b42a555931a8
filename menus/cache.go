// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/netip"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of the cache: files, and the bytes they hold, of one of its two generations.
const (
	maxCached      = 4096
	maxCachedBytes = 16 << 20
)

// cache remembers what was rendered. The same question comes again at once: firmware asks for the size before it asks
// for the file, and a thousand machines that start together ask three times each. It has two generations: when the
// young one is full it becomes the old one, and the old one is forgotten.
type cache struct {
	mu         sync.Mutex
	young, old map[key]*boot.MemFile
	bytes      int
}

// key is everything a rendered file depends on, within one catalog.
type key struct {
	name     string
	protocol boot.Protocol
	server   boot.Endpoint
	profile  *boot.Profile
	host     *boot.Host
	groups   [4]*boot.Group
	mac      boot.MAC
	uuid     boot.UUID
	serial   string
	hostname string
	vendor   string
	arch     boot.Arch
	addr     netip.Addr
	tokens   string
	memory   int64 // which decides whether a machine is asked
	asked    bool
}

// keyOf gives the key of a visit. The default menu has none: it changes with the images that exist.
func keyOf(v boot.Visit, p boot.Plan) (key, bool) {
	k := key{
		name: v.Name.String(), protocol: v.Protocol, server: v.Server, profile: p.Profile, host: p.Host,
		mac: v.Client.MAC, uuid: v.Client.UUID, serial: v.Client.Serial, hostname: v.Client.Hostname,
		vendor: v.Client.Vendor, arch: v.Client.Arch(), addr: v.Client.Addr,
		memory: v.Memory, asked: v.Asked,
	}
	if v.Tokens != nil {
		k.tokens = v.Tokens.Key()
	}
	return k, copy(k.groups[:], p.Groups) == len(p.Groups) && p.Profile != nil
}

func (c *cache) get(k key) *boot.MemFile {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.young[k]; ok {
		return f
	}
	f, ok := c.old[k]
	if !ok {
		return nil
	}
	c.add(k, f)
	return f
}

// put keeps f, unless another one was kept for the same question meanwhile: whoever asks gets the same one.
func (c *cache) put(k key, f *boot.MemFile) *boot.MemFile {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first, ok := c.young[k]; ok {
		return first
	}
	c.add(k, f)
	return f
}

func (c *cache) add(k key, f *boot.MemFile) {
	if c.young == nil || len(c.young) >= maxCached || c.bytes+int(f.Size()) > maxCachedBytes {
		c.young, c.old, c.bytes = make(map[key]*boot.MemFile), c.young, 0
	}
	c.young[k] = f
	c.bytes += int(f.Size())
}
