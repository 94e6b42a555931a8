// SPDX-License-Identifier: Apache-2.0

package inventory

import "testing"

func TestMemory(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		what   string
		values map[string]string
		want   int64
	}{
		{"nothing", nil, 0},
		{"two devices and an empty socket", map[string]string{"dimms": "0020,0000,0020,,"}, 16 * gib},
		{"in KiB", map[string]string{"dimms": "0088,"}, 2 << 20},
		{"one of 64 GiB", map[string]string{"dimms": "ff7f,,", "dimmsx": "00000100,,"}, 64 * gib},
		{"one that says it is in another field, which there is not", map[string]string{"dimms": "ff7f,", "dimmsx": ","}, 0},
		{"one that does not say, beside one that does", map[string]string{"dimms": "0020,ffff,"}, 0},
		{"ranges of 3 GiB below 4 and of 1 GiB above", map[string]string{"ranges": "00000000ffff2f00,00004000ffff4f00,"}, 4 * gib},
		{"a range", map[string]string{"ranges": "00000000ffff0700,,"}, 512 << 20},
		{"a long one", map[string]string{"ranges": "ffffffffffffffff,", "rangesx": "0000000000000000ffffffff0f000000,"}, 64 * gib},
		{"the larger of both", map[string]string{"dimms": "0020,", "ranges": "00000000ffff0700,"}, 8 * gib},
		{"as many as were asked for: there may be more", map[string]string{"dimms": "0020,0020", "ranges": "00000000ffff0700,"}, 0},
		{"a range that ends before it begins", map[string]string{"ranges": "ffff070000000000,"}, 0},
		{"too much to be", map[string]string{"ranges": "ffffffffffffffff,", "rangesx": "0000000000000000ffffffffffffffff,"}, 0},
		{"no numbers", map[string]string{"dimms": "zz,0,", "ranges": "1,,"}, 0},
	} {
		if got := memory(tt.values); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.want)
		}
	}
}

// FuzzMemory: whatever is sent, a machine has no impossible memory.
func FuzzMemory(f *testing.F) {
	f.Add("0020,", "", "00000000ffff0700,", "")
	f.Add("ff7f,", "00000100,", "ffffffffffffffff,", "0000000000000000ffffffff0f000000,")
	f.Fuzz(func(t *testing.T, dimms, dimmsx, ranges, rangesx string) {
		if n := memory(map[string]string{"dimms": dimms, "dimmsx": dimmsx, "ranges": ranges, "rangesx": rangesx}); n < 0 || n > mostMemory {
			t.Error(n)
		}
	})
}
