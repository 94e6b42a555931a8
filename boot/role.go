// SPDX-License-Identifier: Apache-2.0

package boot

// Role is what a file is to the machine that asks for it, by its plan.
type Role uint8

// The roles.
const (
	RoleOther     Role = iota // the plan does not name it
	RoleLoader                // a boot program, or what comes with it
	RolePicture               // behind a menu
	RoleScript                // tells a loader what there is to start
	RoleKernel                // the program that is started
	RoleInitrd                // goes with that: an initrd, a module, an image
	RoleAnswer                // rendered for what is started: preseed, kickstart, cloud-init, Ignition
	RoleSuccess               // fetched by a machine that is done, see [SuccessFetch]
	RoleInventory             // has a loader say what it runs on
	roleCount
)

// String gives the word for logs and programs.
func (r Role) String() string {
	return [...]string{"other", "loader", "picture", "script", "kernel", "initrd", "answer", "success", "inventory"}[r]
}
