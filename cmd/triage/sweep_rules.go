package main

import "cmp"

// brokenRules says of each rule of the gate what breaking it does, without a word of
// what was written.
var brokenRules = map[string]string{
	"hidden":       "Holds signs that hide what it says.",
	"identifier":   "Carries a number, an address or a date that can lead to one person.",
	"name":         "Names a person who is not on the list of staff.",
	"details":      "Asks for details where everybody can read the answer.",
	"relationship": "Tells everyone that this person is or was a patient.",
	"denial":       "Tells everyone who is not a patient here.",
	"visit":        "Speaks of this person's appointment or visit.",
	"billing":      "Speaks of this person's bill or insurance.",
	"advice":       "Gives medical advice to one person.",
	"blame":        "Argues or blames.",
	"terms":        "Bargains, threatens or gets personal.",
	"event":        "Speaks of something that happened to one person.",
	"repeats":      "Repeats something about this person's health.",
	"health":       "Says something about health that is not general.",
	"language":     "Is in a language that the check cannot read.",
	"length":       "Is too long to be checked.",
}

func broken(rules []string) []brokenRule {
	out := []brokenRule{}
	for _, r := range rules {
		out = append(out, brokenRule{r, cmp.Or(brokenRules[r], "Breaks the rule “"+r+"”.")})
	}
	return out
}
