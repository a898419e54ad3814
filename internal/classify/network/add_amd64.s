#include "textflag.h"

// func addAVX2(dst *int16, src *int8, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

add:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VPADDW (DI), Y0, Y0
	VPADDW 32(DI), Y1, Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ add
	VZEROUPPER
	RET

// func setAVX2(dst *int16, src *int8, n int)
TEXT ·setAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

set:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ set
	VZEROUPPER
	RET

// func poolAVX2(best, rows *int16, filters, columns, places int)
// For each of the four widths and sixteen filters at a time: over all places,
// the sum of the rows' answers at the offsets, and the greatest of the sums.
// Rows lie one after the other; four rows of zeros... are the caller's.
TEXT ·poolAVX2(SB), NOSPLIT, $0-40
	MOVQ best+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ filters+16(FP), R8
	SHLQ $1, R8              // bytes of one offset
	MOVQ columns+24(FP), R9
	SHLQ $1, R9              // bytes of one row
	MOVQ places+32(FP), R10
	LEAQ (R9)(R9*2), R11     // three rows
	LEAQ (R8)(R8*2), R12     // three offsets
	LEAQ (R12)(R8*2), R13    // five offsets
	XORQ BX, BX              // byte of the filter

block:
	// width 1 at offset 0; width 2 at 1, 2; width 3 at 3, 4, 5; width 5 at 6 to 10
	VMOVDQU (DI)(BX*1), Y0
	LEAQ (DI)(BX*1), R14
	ADDQ R8, R14
	VMOVDQU (R14), Y1
	ADDQ R8, R14
	VMOVDQU (R14), Y2
	ADDQ R8, R14
	VMOVDQU (R14), Y3
	LEAQ (SI)(BX*1), AX      // this row, this filter
	MOVQ R10, CX

place:
	VPMAXSW (AX), Y0, Y0
	LEAQ (AX)(R8*1), DX      // offset 1 of this row
	LEAQ (DX)(R9*1), R14     // the next row
	VMOVDQU (DX), Y4
	VPADDW (R14)(R8*1), Y4, Y4
	VPMAXSW Y4, Y1, Y1
	ADDQ R12, DX             // offset 4 of this row... less one
	SUBQ R8, DX              // offset 3
	VMOVDQU (DX), Y5
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y5, Y5
	LEAQ (R14)(R9*1), R14
	VPADDW (R14)(R8*2), Y5, Y5
	VPMAXSW Y5, Y2, Y2
	ADDQ R12, DX             // offset 6
	VMOVDQU (DX), Y6
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R8*2), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R12*1), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R8*4), Y6, Y6
	VPMAXSW Y6, Y3, Y3
	ADDQ R9, AX
	DECQ CX
	JNZ place

	LEAQ (DI)(BX*1), R14
	VMOVDQU Y0, (R14)
	ADDQ R8, R14
	VMOVDQU Y1, (R14)
	ADDQ R8, R14
	VMOVDQU Y2, (R14)
	ADDQ R8, R14
	VMOVDQU Y3, (R14)
	ADDQ $32, BX
	CMPQ BX, R8
	JLT block
	VZEROUPPER
	RET

// func axpy4AVX2(n int, alpha *[4]float32, x *float32, stride int, y *float32)
TEXT ·axpy4AVX2(SB), NOSPLIT, $0-40
	MOVQ n+0(FP), CX
	MOVQ alpha+8(FP), AX
	MOVQ x+16(FP), SI
	MOVQ stride+24(FP), DX
	SHLQ $2, DX
	MOVQ y+32(FP), DI
	VBROADCASTSS (AX), Y0
	VBROADCASTSS 4(AX), Y1
	VBROADCASTSS 8(AX), Y2
	VBROADCASTSS 12(AX), Y3
	LEAQ (SI)(DX*1), R8
	LEAQ (SI)(DX*2), R9
	LEAQ (R8)(DX*2), R10

more:
	VMOVUPS (DI), Y4
	VMULPS (SI), Y0, Y5
	VADDPS Y5, Y4, Y4
	VMULPS (R8), Y1, Y6
	VADDPS Y6, Y4, Y4
	VMULPS (R9), Y2, Y7
	VADDPS Y7, Y4, Y4
	VMULPS (R10), Y3, Y8
	VADDPS Y8, Y4, Y4
	VMOVUPS Y4, (DI)
	ADDQ $32, SI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, R10
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ more
	VZEROUPPER
	RET
