// SPDX-License-Identifier: Apache-2.0

package lab

// Start switches a machine on. Its serial console is the program's output and input; dir gets its flash memory.
func (l *Lab) Start(m Machine, dir string, console *Console) (*Process, error) {
	argv, err := m.argv(dir)
	if err != nil {
		return nil, err
	}
	return l.Switch.Start(console, m.program(), argv...)
}
