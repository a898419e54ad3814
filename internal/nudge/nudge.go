// Package nudge makes the script that a practice adds to the comment form of
// its own site: before a comment goes out that looks like somebody's medical
// detail, it asks its writer whether the practice's private form would not be
// the better place. The script works in the visitor's browser alone. It judges
// by a list of words and pairs of words with points, learned from the texts
// that the project wrote to learn from; this package learns the list, judges
// as the script does, and writes the script and the plugin that brings it to a
// WordPress site. What comments the practice then receives is for others.
package nudge

// Finding is why a comment is better not published.
type Finding int

// Findings, as nudge.js numbers them.
const (
	// Nothing speaks against it.
	Nothing Finding = iota
	// Medical: it looks like medical detail of the writer or somebody close.
	Medical
	// Contact: it holds a telephone number, an e-mail address or a date of birth.
	Contact
)

// Judge judges comments as the script does that Script writes.
type Judge struct {
	// List is the list of words.
	List *List
	// Practice is whose telephone number and e-mail addresses may be public.
	Practice Practice
}

// Judge says why a comment is better not published, or Nothing.
func (j *Judge) Judge(text string) Finding {
	p := plain(text)
	switch {
	case j.List.points(features(sentences(p))) >= j.List.Wanted:
		return Medical
	case j.contact(p):
		return Contact
	default:
		return Nothing
	}
}
