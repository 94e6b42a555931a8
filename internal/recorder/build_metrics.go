// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
)

// ShowBuild shows which program this is. It panics when called twice.
func (r *Recorder) ShowBuild(version, commit string) {
	r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bootlace_build_info", Help: "1, of the program that runs.",
		ConstLabels: prometheus.Labels{"version": version, "commit": commit, "goversion": runtime.Version()}}, func() float64 { return 1 }))
}

// ShowUnnamed shows how many machines nobody named. It panics when called twice.
func (r *Recorder) ShowUnnamed(count func() int) {
	r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bootlace_machines_unnamed",
		Help: "Machines that are remembered and that no host and no group of the configuration names, as of at most half a minute ago."}, func() float64 { return float64(count()) }))
}
