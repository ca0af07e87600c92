//! What ranged slots and their range proof add to a sum. Implements specs/ballot.md#ranged and specs/range.md#verification.

#[cfg(test)]
mod tests;

use super::Combination;
use crate::ballot::Ranged;
use crate::range::{RangeProof, Terms};
use curve25519_dalek::Scalar;
use std::iter::zip;

impl Combination {
    /// Adds ρ4·E4 + ρ5·R1 + ρ6·R2. `slots` are the L_j·f + x·c_j of all slots, of which those with these places are ranged.
    pub(super) fn add_ranged(
        &mut self,
        (ranged, proof): &(&Ranged, RangeProof),
        places: &[usize],
        slots: &[Scalar],
        [y, x]: [&Scalar; 2],
        [rho4, rho5, rho6]: [&Scalar; 3],
    ) {
        let terms = proof.terms(rho5, rho6);
        // E4: x·Σ_{j∈Z} y^j·V_j + S' − (Σ_{j∈Z} y^j·(L_j·f + x·c_j))·G − ω'·H̃
        let mut values = zip(places, zip(&ranged.values, &terms.values)).peekable();
        let mut weight = *rho4;
        for (place, slot) in slots.iter().enumerate() {
            weight *= y;
            if let Some((_, (value, in_range))) = values.next_if(|(ranged, _)| **ranged == place) {
                // V_j stands in both proofs, and in the sum once.
                self.term(weight * x + in_range, value);
                self.base.add(&weight, slot);
            }
        }
        self.term(*rho4, &ranged.commitment);
        self.h_tilde.add(rho4, &ranged.response);
        self.add_range_proof(&terms);
    }

    /// All but the V_j.
    fn add_range_proof(&mut self, terms: &Terms<'_>) {
        for (factor, point) in &terms.own {
            self.term(*factor, point);
        }
        self.base.add(&Scalar::ONE, &terms.base);
        self.h_tilde.add(&Scalar::ONE, &terms.h_tilde);
        for (sums, factors) in zip(&mut self.bits, [&terms.g, &terms.h]) {
            sums.resize(sums.len().max(factors.len()), Scalar::ZERO);
            zip(sums, factors).for_each(|(sum, factor)| *sum += factor);
        }
    }
}
