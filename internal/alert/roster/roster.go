// Package roster knows who is called when: people and how they are reached, rotations
// in which they take turns, overrides, steps of escalation, quiet hours and holidays, by
// the practice's clock. It is arithmetic on what it is given and calls nobody.
package roster

import "time"

// Line is one way to reach somebody.
type Line struct {
	// Channel is the channel's name, and To the address there; empty: the channel's own.
	Channel, To string
	// After is how long after she was first called about something this line is tried
	// too, if she has not answered.
	After time.Duration
}

// Person is somebody who can be called.
type Person struct {
	// Name is how the desk knows her as a user.
	Name string
	// Lines are how she is reached; of those that are due at once the next is tried
	// where one fails.
	Lines []Line
}

// Rotation is a duty that people take in turns.
type Rotation struct {
	Name   string
	People []string
	// Start is when the first of them began, by the practice's clock.
	Start time.Time
	// Turn is how long each is on: whole days pass by the calendar, so that a handover
	// stays at the same hour when the clocks change.
	Turn Turn
	// Hours are when somebody of this rotation is on call at all; empty: always.
	Hours Hours
}

// Override puts somebody in the place of whoever would be on call.
type Override struct {
	ID string `json:"id"`
	// Rotation is which duty she takes; empty: all.
	Rotation string    `json:"rotation,omitempty"`
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	// By is who said so, and At when; the latest of several that overlap holds.
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Step is one step of escalation.
type Step struct {
	// Rotations and People are who is called; Everybody: all.
	Rotations, People []string
	Everybody         bool
	// Wait is how long one of them has to acknowledge before the next step.
	Wait time.Duration
}

// Plan is who is called when, all told. It is not changed once it is made.
type Plan struct {
	People    []Person
	Rotations []Rotation
	Steps     []Step
	Overrides []Override
	// Team is told what pages nobody.
	Team []Line
	// Quiet is when the team is not told.
	Quiet Hours
	// Holidays are days by the practice's clock, with their names; they count as no
	// weekday.
	Holidays map[Date]string
	// Zone is that of the practice's clock; nil: UTC.
	Zone *time.Location
}

// Shift is a time in which somebody is on call in a rotation.
type Shift struct {
	Rotation, Person string
	// From is in it, Until is not; zero: it has no beginning, no end.
	From, Until time.Time
	// Override is the ID of the override by which it is hers; empty: it is her turn.
	Override string
}
