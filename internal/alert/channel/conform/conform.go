// Package conform holds what every kind of channel must do, whatever the provider, as
// one suite of tests, and the stand-ins for providers that it is run against. Only
// tests import it.
package conform

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
)

// Kind is a kind of channel and a stand-in for its provider.
type Kind struct {
	// Name is the channel's Kind.
	Name string
	// To is an address that leads nowhere; empty: the kind takes none.
	To string
	// Start starts a stand-in in which this goes wrong, and opens the channel to it. Of
	// what arrives it checks the shape, and gives what people read of it to the inbox.
	Start func(t *testing.T, f Fault) (alert.Channel, *Inbox)
	// Frame are words of the kind's own that may stand beside the notice's.
	Frame []string
	// Longest is the provider's limit for what people read, in bytes; 0: none.
	Longest int
	// Calls is how many requests a notice is; nil: one.
	Calls func(alert.Notice) int
}

// Fault is what goes wrong at the provider.
type Fault string

// What can go wrong; Fine is nothing.
const (
	Fine      Fault = "fine"
	Nonsense  Fault = "it accepts, with an answer that says nothing"
	TooMany   Fault = "it wants fewer"
	Broken    Fault = "it is broken"
	Refused   Fault = "it refuses the credentials"
	Gone      Fault = "it does not know the address"
	Slow      Fault = "it never answers"
	CutOff    Fault = "it closes before it has answered"
	Deaf      Fault = "it takes the connection and says nothing"
	Nobody    Fault = "nobody listens"
	Untrusted Fault = "its certificate is wrong"
)

// faults are whether each fault is final.
var faults = []struct {
	Fault
	final bool
}{{TooMany, false}, {Broken, false}, {Refused, true}, {Gone, true}, {Slow, false}, {CutOff, false}, {Deaf, false}, {Nobody, false}, {Untrusted, true}}

// Canaries that must turn up nowhere: a section's secrets hold the first, a stand-in's
// answers the second.
const (
	SecretCanary = "canary5ecret5even"
	AnswerCanary = "canary-answer-eleven"
)

// Patience is how long a provider has in which something goes wrong.
const Patience = 400 * time.Millisecond

// asks is how long a stand-in that wants fewer asks to wait.
const asks = 7 * time.Second

// Run holds kinds to the suite. They must be all that the package under test has.
func Run(t *testing.T, kinds ...Kind) {
	t.Run("every kind is held to it", func(t *testing.T) { complete(t, kinds) })
	for _, k := range kinds {
		t.Run(k.Name, func(t *testing.T) {
			t.Run("says it once", k.saysItOnce)
			for _, f := range faults {
				t.Run(string(f.Fault), func(t *testing.T) {
					t.Parallel()
					k.fails(t, f.Fault, f.final)
				})
			}
			t.Run(string(Nonsense), k.takesNonsense)
		})
	}
}

// complete: a kind that is not given is held to nothing. A test runs in its package's
// directory.
func complete(t *testing.T, kinds []Kind) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			found = append(found, KindsIn(t, file)...)
		}
	}
	var given []string
	for _, k := range kinds {
		given = append(given, k.Name)
	}
	slices.Sort(found)
	slices.Sort(given)
	if len(found) == 0 || !slices.Equal(found, given) {
		t.Errorf("the package has the kinds %q, and %q are held to the suite", found, given)
	}
}

var kindPattern = regexp.MustCompile(`alert\.Channel\{Kind: "(\w+)"`)

// KindsIn are the kinds of channels that a file of source makes.
func KindsIn(t testing.TB, file string) (names []string) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range kindPattern.FindAllSubmatch(source, -1) {
		names = append(names, string(m[1]))
	}
	return names
}
