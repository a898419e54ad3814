package learn

import "golang.org/x/sys/cpu"

var fast = cpu.X86.HasAVX2

//go:noescape
func tileAVX2(k int, a *float32, lda int, b, c *float32, ldc int)

//go:noescape
func axpyAVX2(n int, alpha float32, x, y *float32)

//go:noescape
func dotAVX2(n int, x, y *float32) float32

// tile sets four rows of sixteen of c to the product of four rows of a and a
// panel of b.
func tile(k int, a []float32, lda int, b, c []float32, ldc int) {
	if fast {
		tileAVX2(k, &a[0], lda, &b[0], &c[0], ldc)
		return
	}
	tileGo(k, a, lda, b, c, ldc)
}

// axpy adds alpha times x to y; their length is a multiple of 8.
func axpy(alpha float32, x, y []float32) {
	if fast {
		axpyAVX2(len(x), alpha, &x[0], &y[0])
		return
	}
	axpyGo(alpha, x, y)
}

// dot is the product of x and y; their length is a multiple of 8.
func dot(x, y []float32) float32 {
	if fast {
		return dotAVX2(len(x), &x[0], &y[0])
	}
	return dotGo(x, y)
}
