// Package classify decides what a comment is, and why: does it reveal health
// information about an identifiable person, does somebody need help now, does
// it carry an identifier. It reads nothing but the comment and its own word
// lists, and it never copies a word of the comment into what it says.
//
// The packages below know nothing of verdicts; an arrow is an import:
//
//	classify → identifier → lexicon → network
//	classify → outputs → network
//	   learn → lexicon, network
//	learn/comments → learn, outputs
//
// lexicon reads a text, network answers and outputs says what the answers mean
// for a comment; identifier finds what names or reaches a person, learn makes a
// network and learn/comments the one for comments.
package classify

import (
	"fmt"
	"time"

	"triage/internal/ingest"
)

// Level is how much a comment discloses (fields d of the labelling guideline).
type Level int

// The levels of disclosure.
const (
	None     Level = iota // nothing about anybody's health
	Possible              // care is alluded to, without a medical detail
	Clear                 // a specific medical detail of a specific person
)

var levelNames = [...]string{"none", "possible", "clear"}

func (l Level) String() string {
	if l < None || l > Clear {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return levelNames[l]
}

// MarshalText writes the level by its name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a level by its name.
func (l *Level) UnmarshalText(b []byte) error {
	for i, n := range levelNames {
		if n == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("level %q: want none, possible or clear", b)
}

// Subject is whose health it is about.
type Subject string

// The subjects; if several, the one most exposed.
const (
	Nobody Subject = "none"
	Self   Subject = "self"
	Family Subject = "family"
	Other  Subject = "other"
)

// Subjects are all of them, in the order of the network's answers.
var Subjects = [...]Subject{Self, Family, Other, Nobody}

// Kind is what sort of medical detail is revealed.
type Kind string

// The kinds of detail, as the labelling guideline names them.
const (
	Condition    Kind = "condition"
	Symptom      Kind = "symptom"
	Procedure    Kind = "procedure"
	Medication   Kind = "medication"
	TestResult   Kind = "test_result"
	Reproductive Kind = "reproductive"
	MentalHealth Kind = "mental_health"
	SubstanceUse Kind = "substance_use"
	Visit        Kind = "visit"
)

// Kinds are all of them, in the order in which they are listed.
var Kinds = [...]Kind{Condition, Symptom, Procedure, Medication, TestResult, Reproductive, MentalHealth, SubstanceUse, Visit}

// Ask is what the comment asks of the practice.
type Ask string

// What a comment may ask.
const (
	AsksNothing  Ask = ""
	AsksPractice Ask = "practice" // a question or complaint to the practice
	AsksOwnCare  Ask = "care"     // a direct question about one's own care
)

// Reason is one thing in the comment that led to the verdict. Start and End
// are byte offsets into the text; Why is a sentence a receptionist
// understands, and quotes nothing.
type Reason struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Kind  string `json:"kind"` // a Kind, or "urgent", "identifier"
	Why   string `json:"why"`
}

// Why a comment could not be judged.
const (
	NotLanguage  = "language"  // a language the classifier does not know
	NotMedia     = "media"     // only a picture, video or sticker
	NotTruncated = "truncated" // longer than ingest.MaxText
	NotMode      = "mode"      // the platform's terms forbid judging it
	NotOwn       = "own"       // the practice's own words, which are gated instead
	NotPossible  = "failed"    // our own trouble with this one text
)

// Judgement is what was found in one text.
type Judgement struct {
	Level Level `json:"level"`
	// Score is the calibrated probability that the level is Clear.
	Score      float64  `json:"score"`
	Subject    Subject  `json:"subject"`
	Kinds      []Kind   `json:"kinds"`
	Urgent     bool     `json:"urgent"`
	Identifier bool     `json:"identifier"`
	Ask        Ask      `json:"ask,omitempty"`
	Lang       string   `json:"lang"`
	Judged     bool     `json:"judged"`
	WhyNot     string   `json:"why_not,omitempty"`
	Reasons    []Reason `json:"reasons"`
}

// Verdict is the event: a judgement and the comment (without its content) that
// it is about.
type Verdict struct {
	Comment ingest.Comment `json:"comment"`
	Judgement
	// Model names the classifier that judged.
	Model string    `json:"model"`
	At    time.Time `json:"at"`
}
