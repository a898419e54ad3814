package learn

// The products of this file are rounded after every step and summed in a
// fixed order, so that the plain loops and the vector instructions give the
// same bits.

const (
	tileRows = 4
	panel    = 16 // columns that are multiplied at once
	lane     = 8  // numbers in a register; rows are padded to a multiple
)

// padded is n rounded up to a multiple of m.
func padded(n, m int) int { return (n + m - 1) / m * m }

// pack lays out the rows of w (n of d numbers) as panels of sixteen columns of
// its transpose.
func pack(dst, w []float32, n, d int) {
	for p := 0; p < n; p += panel {
		out := dst[p*d : (p+panel)*d]
		for j := range panel {
			row := w[(p+j)*d : (p+j+1)*d]
			for i, x := range row {
				out[i*panel+j] = x
			}
		}
	}
}

// multiply sets c (rows x n) to a (rows x d) times packed (d x n); rows is a
// multiple of four, n of sixteen.
func multiply(c, a, packed []float32, rows, d, n int) {
	for p := 0; p < n; p += panel {
		for r := 0; r < rows; r += tileRows {
			tile(d, a[r*d:], d, packed[p*d:], c[r*n+p:], n)
		}
	}
}

func tileGo(k int, a []float32, lda int, b, c []float32, ldc int) {
	for r := range tileRows {
		var sum [panel]float32
		for i := range k {
			x := a[r*lda+i]
			for j, y := range b[i*panel : (i+1)*panel] {
				sum[j] += float32(x * y)
			}
		}
		copy(c[r*ldc:], sum[:])
	}
}

func axpyGo(alpha float32, x, y []float32) {
	for i := range x {
		y[i] += float32(alpha * x[i])
	}
}

func dotGo(x, y []float32) float32 {
	var s [lane]float32
	for i := range x {
		s[i%lane] += float32(x[i] * y[i])
	}
	for n := lane / 2; n > 0; n /= 2 {
		for i := range n {
			s[i] += s[i+n]
		}
	}
	return s[0]
}
