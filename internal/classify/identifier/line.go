package identifier

// claimed reports words after a number that make it the writer's, or that of
// somebody close: "that's my cell", "es el mío", "c'est mon portable".
func (f *finder) claimed(i int) bool {
	for j := i; j < len(f.Tokens) && j < i+6; j++ {
		switch w := f.Tokens[j].Word; w {
		case "mine", "mio":
			return true
		case "my", "mi", "mon", "our", "his", "her":
			return known[f.at(j+1).Word]&isLine != 0
		case "is", "it's", "that's", "that", "this", "es", "ese", "este", "el", "c", "c'est", "est", ",", "-", ":":
		default:
			return false
		}
	}
	return false
}

// deskLine reports that a number is said to be that of an office: "the
// pharmacy line is", "le secrétariat :".
func (f *finder) deskLine(i int) bool {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		switch w := f.Tokens[j].Word; w {
		case "is", "es", "est", "c", "c'est", "le", "el", "au", "al", "on", "at", ":", "number", "line", "numero", "linea", "ligne", "tel":
		default:
			return known[w]&isDesk != 0
		}
	}
	return false
}
