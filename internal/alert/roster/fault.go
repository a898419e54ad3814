package roster

import (
	"fmt"
	"strings"
)

// Fault is what is wrong with one entry of a plan, so that whoever reads a configuration
// can be shown where it stands.
type Fault struct {
	// Section is "person", "rotation" or "step", and Number counts its entries from 0.
	Section string
	Number  int
	// Key is what of the entry is wrong, such as "people"; empty: all of it.
	Key string
	// Why is a sentence with what to write, which names the entry. It holds no address.
	Why string
}

// Error is Why.
func (f *Fault) Error() string { return f.Why }

// faulty makes the faults of one entry, which named begins with.
func faulty(section string, number int, named string) func(key, format string, args ...any) error {
	return func(key, format string, args ...any) error {
		return &Fault{section, number, key, named + ": " + fmt.Sprintf(format, args...)}
	}
}

// listed names what there is, for whoever misspelt one: "dana, lee".
func listed(names []string) string {
	if len(names) == 0 {
		return "there is none yet"
	}
	return "there are: " + strings.Join(names, ", ")
}
