//! Values of forms and constraints. Follows specs/ballot.md#shape and #proof.

use tabella_crypto::group::Scalar;
use tabella_crypto::shape::{Constraint, Form};

pub fn homogeneous(constraint: &Constraint, values: &[Scalar], x: &Scalar) -> Scalar {
    let products = constraint.products.iter().map(|(factor, left, right)| {
        from_i64(*factor) * homogeneous_form(left, values, x) * homogeneous_form(right, values, x)
    });
    products.sum::<Scalar>() + x * homogeneous_form(&constraint.rest, values, x)
}

pub fn homogeneous_form(form: &Form, values: &[Scalar], x: &Scalar) -> Scalar {
    let terms = form.terms.iter().map(|(index, coefficient)| from_i64(*coefficient) * values[*index as usize - 1]);
    from_i64(form.constant) * x + terms.sum::<Scalar>()
}

pub fn evaluate(form: &Form, coordinates: &[u64]) -> i64 {
    let terms = form.terms.iter().map(|(index, coefficient)| coefficient * coordinates[*index as usize - 1] as i64);
    form.constant + terms.sum::<i64>()
}

pub fn from_i64(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
