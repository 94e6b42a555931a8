// SPDX-License-Identifier: Apache-2.0

package life

// The drawing and the table of states in the documentation follow from what is here.
//go:generate go test -run ^TestDocs$ -update .

// Trigger is what can take a machine from one state to another. Those of orders are the words of [Verb].
type Trigger string

// The other triggers.
const (
	TriggerBoot    Trigger = "boots"
	TriggerFile    Trigger = "asks for a file"
	TriggerKernel  Trigger = "has the kernel"
	TriggerInitrd  Trigger = "has an initrd"
	TriggerAnswer  Trigger = "has its answers"
	TriggerLog     Trigger = "logs"
	TriggerDone    Trigger = "says it is done"
	TriggerFailed  Trigger = "says it failed"
	TriggerSystem  Trigger = "system asks DHCP"
	TriggerProof   Trigger = "fetches the proof"
	TriggerTime    Trigger = "time goes by"
	TriggerRaised  Trigger = "generation raised"
	TriggerLowered Trigger = "generation lowered"
)

// Triggers lists all of them that take a machine anywhere, in the order of a life.
func Triggers() []Trigger {
	return []Trigger{
		TriggerBoot, TriggerFile, TriggerKernel, TriggerInitrd, TriggerAnswer, TriggerLog, TriggerDone, TriggerFailed, TriggerSystem,
		TriggerProof, TriggerTime, Trigger(OrderInstall), Trigger(OrderDone), Trigger(OrderHold), Trigger(OrderRelease), TriggerRaised,
		TriggerLowered,
	}
}

// About says what a state means.
func (s State) About() string {
	return [...]string{
		"nothing is to be installed on it, or an older generation than it has",
		"its next boot installs",
		"it was offered that boot",
		"an attempt has begun: it has the script of its loader",
		"it has all of the kernel",
		"the installer runs",
		"the installer cannot call back and had its turn: the machine is sent to its disk, to see whether that is it",
		"what was wanted is installed",
		"the installer said so, or the disk does not boot",
		"nothing was heard of the attempt for too long",
		"all attempts are used up",
		"an operator holds it, or what is stored of it may be older than what was done",
	}[s]
}

// Gets says what a machine in a state gets.
func (s State) Gets() string {
	return [...]string{
		"what its profile says, or what comes after the installation", "the installation", "the installation", "the installation", "the installation", "the installation",
		"its disk", "what comes after the installation", "another attempt, or what comes after the installation when its disk does not boot",
		"the installation, and in its next boot another attempt", "what comes after the installation", "what comes after the installation",
	}[s]
}

// Transitions is where machines can go from each state, and what takes them there. A state that is not named for a trigger is one
// that the machine stays in. The model test compares it with what machines really do.
func Transitions() map[State]map[Trigger][]State {
	return map[State]map[Trigger][]State{
		StateLocal: {
			Trigger(OrderInstall): {StateArmed, StateOffered, StateScript, StateKernel, StateInstaller},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered, StateScript, StateKernel, StateInstaller, StateTrial, StateDone, StateFailed, StateStalled, StateExhausted},
		},
		StateArmed: {
			TriggerBoot:        {StateOffered, StateFailed},
			TriggerFile:        {StateScript, StateKernel, StateInstaller, StateFailed, StateStalled},
			TriggerDone:        {StateLocal, StateDone},
			TriggerFailed:      {StateFailed},
			TriggerTime:        {StateStalled},
			Trigger(OrderDone): {StateLocal, StateDone},
			Trigger(OrderHold): {StateHeld},
			TriggerLowered:     {StateLocal, StateScript, StateKernel, StateInstaller, StateTrial, StateDone, StateFailed, StateStalled, StateExhausted},
		},
		StateOffered: {
			TriggerBoot:        {StateFailed},
			TriggerFile:        {StateArmed, StateScript, StateKernel, StateInstaller, StateStalled},
			TriggerDone:        {StateLocal, StateDone},
			TriggerFailed:      {StateFailed},
			TriggerTime:        {StateStalled},
			Trigger(OrderDone): {StateLocal, StateDone},
			Trigger(OrderHold): {StateHeld},
			TriggerLowered:     {StateLocal, StateScript, StateKernel, StateInstaller, StateTrial, StateDone, StateFailed, StateStalled, StateExhausted},
		},
		StateScript: {
			TriggerBoot:           {StateOffered, StateTrial, StateFailed, StateExhausted},
			TriggerFile:           {StateArmed, StateInstaller, StateTrial, StateFailed, StateExhausted},
			TriggerKernel:         {StateKernel},
			TriggerInitrd:         {StateInstaller},
			TriggerAnswer:         {StateInstaller},
			TriggerLog:            {StateInstaller},
			TriggerDone:           {StateLocal, StateArmed, StateDone},
			TriggerFailed:         {StateArmed, StateFailed, StateExhausted},
			TriggerSystem:         {StateInstaller},
			TriggerTime:           {StateStalled},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateKernel: {
			TriggerBoot:           {StateOffered, StateTrial, StateFailed, StateExhausted},
			TriggerFile:           {StateArmed, StateScript, StateInstaller, StateTrial, StateFailed, StateExhausted},
			TriggerInitrd:         {StateInstaller},
			TriggerAnswer:         {StateInstaller},
			TriggerLog:            {StateInstaller},
			TriggerDone:           {StateLocal, StateArmed, StateDone},
			TriggerFailed:         {StateArmed, StateFailed, StateExhausted},
			TriggerSystem:         {StateInstaller, StateDone},
			TriggerProof:          {StateLocal, StateDone},
			TriggerTime:           {StateDone, StateStalled},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateInstaller: {
			TriggerBoot:           {StateOffered, StateTrial, StateFailed, StateExhausted},
			TriggerFile:           {StateArmed, StateScript, StateTrial, StateFailed, StateExhausted},
			TriggerDone:           {StateLocal, StateArmed, StateDone},
			TriggerFailed:         {StateArmed, StateFailed, StateExhausted},
			TriggerSystem:         {StateLocal, StateDone},
			TriggerProof:          {StateLocal, StateDone},
			TriggerTime:           {StateDone, StateStalled},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateTrial: {
			TriggerBoot:           {StateFailed, StateExhausted},
			TriggerFile:           {StateScript, StateFailed, StateExhausted},
			TriggerDone:           {StateLocal, StateDone},
			TriggerFailed:         {StateFailed, StateExhausted},
			TriggerSystem:         {StateLocal, StateDone},
			TriggerProof:          {StateLocal, StateDone},
			TriggerTime:           {StateLocal, StateDone},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateDone: {
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateFailed: {
			TriggerFile:           {StateScript, StateInstaller},
			TriggerDone:           {StateLocal, StateDone},
			TriggerProof:          {StateDone},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			Trigger(OrderRelease): {StateArmed, StateOffered, StateTrial},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateStalled: {
			TriggerBoot:           {StateOffered, StateTrial, StateFailed, StateExhausted},
			TriggerFile:           {StateArmed, StateScript, StateInstaller, StateTrial, StateFailed, StateExhausted},
			TriggerDone:           {StateArmed, StateDone},
			TriggerFailed:         {StateArmed, StateFailed, StateExhausted},
			TriggerSystem:         {StateLocal, StateDone},
			TriggerProof:          {StateDone},
			TriggerTime:           {StateDone},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateDone},
			Trigger(OrderHold):    {StateHeld},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateExhausted: {
			TriggerDone:           {StateLocal, StateDone},
			TriggerSystem:         {StateDone},
			TriggerProof:          {StateDone},
			Trigger(OrderInstall): {StateArmed, StateOffered},
			Trigger(OrderDone):    {StateLocal, StateDone},
			Trigger(OrderHold):    {StateHeld},
			Trigger(OrderRelease): {StateTrial},
			TriggerRaised:         {StateArmed, StateOffered},
			TriggerLowered:        {StateLocal},
		},
		StateHeld: {
			Trigger(OrderRelease): {StateLocal, StateArmed, StateOffered, StateScript, StateKernel, StateInstaller, StateTrial, StateDone, StateFailed, StateStalled, StateExhausted},
		},
	}
}
